"""Omikuji (label-tree ensembles: Parabel, Bonsai) on the same queries, to compare with."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Protocol

import numpy as np
from scipy import sparse
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.pipeline import make_union

from models.index.base import Neighbours
from training.data.dataset import Dataset
from training.evaluation.filters import drop_filtered, search_depth

BEAM = 50
Features = sparse.csr_matrix[np.float32]


class Model(Protocol):
    """What is used of `omikuji.Model`."""

    def predict(
        self, pairs: list[tuple[int, float]], beam_size: int, top_k: int
    ) -> list[tuple[int, float]]:
        """Return labels and scores, best first."""
        ...


def omikuji_answers(queries: Dataset, train: Dataset, k: int, *, threads: int) -> Neighbours:
    """Return the best k products of each query, less those that are filtered for it."""
    depth = search_depth(k, queries.filtered)
    found = omikuji_neighbours(train, queries.texts, depth, threads=threads)
    return drop_filtered(found, queries.filtered, k)


def omikuji_neighbours(
    train: Dataset, queries: Sequence[str], k: int, *, threads: int
) -> Neighbours:
    """Return the k products that Omikuji's default model (three balanced trees) ranks best.

    Features are those that favour it: TF-IDF of words, word pairs and character 3-5-grams of the
    training queries, each row of unit length. Products without a training query cannot be found.
    """
    import omikuji  # of the development extra; only this comparison needs it

    vectoriser = make_union(
        TfidfVectorizer(ngram_range=(1, 2), sublinear_tf=True, dtype=np.float32),
        TfidfVectorizer(
            analyzer="char_wb", ngram_range=(3, 5), sublinear_tf=True, min_df=2, dtype=np.float32
        ),
    )
    answerable = train.subset(np.flatnonzero(train.answerable))
    features = sparse.csr_matrix(vectoriser.fit_transform(answerable.texts))
    with tempfile.TemporaryDirectory() as directory, _silenced():
        file = Path(directory) / "train.txt"
        _write(file, features, answerable)
        model = omikuji.Model.train_on_data(str(file), n_threads=threads)
    asked = sparse.csr_matrix(vectoriser.transform(queries))
    found = [_predicted(model, asked, row, k) for row in range(len(queries))]
    return Neighbours(
        np.array([scores for scores, _ in found], dtype=np.float32),
        np.array([rows for _, rows in found], dtype=np.int64),
    )


@contextmanager
def _silenced() -> Iterator[None]:
    """Keep its progress bars, tens of thousands of lines, off the terminal and out of logs."""
    saved = [os.dup(1), os.dup(2)]
    nowhere = os.open(os.devnull, os.O_WRONLY)
    try:
        os.dup2(nowhere, 1)
        os.dup2(nowhere, 2)
        yield
    finally:
        for number, before in zip((1, 2), saved, strict=True):
            os.dup2(before, number)
            os.close(before)
        os.close(nowhere)


def _write(file: Path, features: Features, dataset: Dataset) -> None:
    """Write the text format of the Extreme Classification Repository, features included."""
    answers = dataset.relevance
    with file.open("w") as out:
        out.write(f"{features.shape[0]} {features.shape[1]} {answers.shape[1]}\n")
        for row in range(features.shape[0]):
            labels = answers.indices[answers.indptr[row] : answers.indptr[row + 1]]
            columns, values = _entries(features, row)
            words = " ".join(f"{c}:{v:.6g}" for c, v in zip(columns, values, strict=True))
            out.write(f"{','.join(map(str, labels))} {words}\n")


def _entries(features: Features, row: int) -> tuple[list[int], list[float]]:
    part = slice(features.indptr[row], features.indptr[row + 1])
    return features.indices[part].tolist(), features.data[part].tolist()


def _predicted(model: Model, features: Features, row: int, k: int) -> tuple[list[float], list[int]]:
    columns, values = _entries(features, row)
    best = model.predict(list(zip(columns, values, strict=True)), beam_size=BEAM, top_k=k)
    missing = k - len(best)
    scores = [float(score) for _, score in best] + [-np.inf] * missing
    return scores, [int(label) for label, _ in best] + [-1] * missing
