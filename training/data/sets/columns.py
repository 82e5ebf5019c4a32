"""Tables of millions of rows, as typed columns: any fault stops the reading."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
from pyarrow import csv

from models.errors import DataError
from training.data.files import open_bytes

Columns = Any  # pyarrow.Table: the package has no types


def read_columns(path: Path, types: Mapping[str, str]) -> Columns:
    """Return the named columns of a CSV file, each of its type (`int64` or `string`).

    Raise DataError when the file cannot be read, lacks a column, or a number is missing or is none.
    """
    wanted = {name: pa.type_for_alias(kind) for name, kind in types.items()}
    try:
        # In one thread, because otherwise an error does not name its row.
        with open_bytes(path) as stream:
            table = csv.read_csv(
                stream,
                read_options=csv.ReadOptions(use_threads=False),
                parse_options=csv.ParseOptions(newlines_in_values=True),
                convert_options=csv.ConvertOptions(
                    column_types=wanted, include_columns=list(wanted)
                ),
            )
    except (pa.ArrowInvalid, pa.ArrowKeyError) as error:
        raise DataError(f"{path}: {error}") from error
    for name in wanted:
        if table[name].null_count:
            row = table[name].is_null().index(True).as_py() + 2
            raise DataError(f"{path}, row {row}: column {name!r} is empty")
    return table


def numbered(texts: Columns) -> tuple[list[str], npt.NDArray[np.int64]]:
    """Return the distinct texts of a column in order, and the number of each row's text."""
    encoded = texts.combine_chunks().dictionary_encode()
    distinct = encoded.dictionary.to_pylist()
    order = sorted(range(len(distinct)), key=distinct.__getitem__)
    number = np.empty(len(distinct), dtype=np.int64)
    number[order] = np.arange(len(distinct))
    return [distinct[at] for at in order], number[encoded.indices.to_numpy()]
