"""The Extreme Classification Repository's raw text as a data set with a test part and filters.

Files and their meaning: http://manikvarma.org/downloads/XC/XMLRepository.html
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from scipy import sparse

from models.errors import DataError
from training.data.dataset import Dataset, Relevance, relevance_from_columns
from training.data.loaded import LoadedData
from training.data.tables import BadRow, check_bad_rows
from training.data.xmc.entries import Labels, Part, Queries, read_labels, read_part
from training.data.xmc.files import PartFiles, label_file, test_files, train_files
from training.data.xmc.pairs import check_matrix, read_filters
from training.data.xmc.text import XmcText


def load_xmc(folder: Path, *, text: XmcText = XmcText.TITLE, max_bad_rows: int = 0) -> LoadedData:
    """Return training and test queries in one data set; the test queries are held out.

    There is one product per line of `lbl.json.gz`, in that order, with its uid as id. Texts are cut
    after 2,000 characters. What the filter files name is filtered. Raise BadRows when more than
    `max_bad_rows` lines of all files are bad: no JSON, a label without text, a query without a
    label, an id out of range, a uid used twice. Raise DataError when a file cannot be read or the
    matrix of a part, where there is one, disagrees with its queries.
    """
    files = (train_files(folder), test_files(folder))
    bad: list[BadRow] = []
    labels = read_labels(label_file(folder), text, bad)
    queries = Queries()
    parts = [read_part(one.queries, text, labels, queries, bad) for one in files]
    filtered = _filters(files, parts, labels, bad)
    check_bad_rows(bad, max_bad_rows)
    if not labels.products or not all(part.lines for part in parts):
        raise DataError(f"{folder} needs a usable label, training query and test query")
    relevance = relevance_from_columns(
        np.asarray(queries.columns), np.asarray(queries.lengths), labels.count
    )
    for one, part in zip(files, parts, strict=True):
        if one.matrix is not None:
            check_matrix(one.matrix, part, labels, relevance)
    return LoadedData(_dataset(queries, labels, relevance, filtered, parts), tuple(bad))


def _filters(
    files: Sequence[PartFiles], parts: Sequence[Part], labels: Labels, bad: list[BadRow]
) -> Relevance | None:
    """Return what is filtered, as (usable queries of all parts, labels); None without files."""
    if all(one.filters is None for one in files):
        return None
    blocks = []
    for one, part in zip(files, parts, strict=True):
        block = sparse.csr_array((part.count, labels.count), dtype=np.bool_)
        if one.filters is not None:
            block = sparse.csr_array(read_filters(one.filters, part, labels, bad))
        blocks.append(block[np.asarray(part.lines)])
    return sparse.csr_array(sparse.vstack(blocks))


def _dataset(
    queries: Queries,
    labels: Labels,
    relevance: Relevance,
    filtered: Relevance | None,
    parts: Sequence[Part],
) -> Dataset:
    usable = np.setdiff1d(np.arange(labels.count), np.array([*labels.unusable], dtype=np.int64))
    if labels.unusable:
        relevance = sparse.csr_array(relevance[:, usable])
        filtered = None if filtered is None else sparse.csr_array(filtered[:, usable])
    unknown = ("",) * len(queries.texts)
    return Dataset(
        texts=tuple(queries.texts),
        sources=unknown,
        categories=unknown,
        products=labels.products,
        relevance=relevance,
        filtered=filtered,
        held_out=np.arange(len(queries.texts)) >= parts[-1].first,
    )
