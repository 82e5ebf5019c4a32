from __future__ import annotations

from pathlib import Path

import pyarrow as pa
import pytest

from models.errors import DataError
from tests.training.data.sets.files import write
from training.data.sets.columns import numbered, read_columns

TYPES = {"basket": "int64", "code": "string"}


def test_named_columns_are_read_each_of_its_type(tmp_path: Path) -> None:
    write(tmp_path, "t.csv", "code,other,basket", '007,"a, b",1', '8,"two', 'lines",2')
    table = read_columns(tmp_path / "t.csv.gz", TYPES)
    assert table.to_pylist() == [{"basket": 1, "code": "007"}, {"basket": 2, "code": "8"}]


@pytest.mark.parametrize(
    ("lines", "message"),
    [
        (["basket,code", "1,a", "x,b"], "Row #3: CSV conversion error to int64"),
        (["basket,code", "1,a", "2"], "Row #3: Expected 2 columns, got 1"),
        (["basket,code", "1,a", ",b"], "row 3: column 'basket' is empty"),
        (["basket", "1"], "code"),
        ([], "Empty CSV file"),
    ],
    ids=["word", "short", "gap", "column", "nothing"],
)
def test_any_fault_is_an_error_that_says_where(
    tmp_path: Path, lines: list[str], message: str
) -> None:
    write(tmp_path, "t.csv", *lines)
    with pytest.raises(DataError, match=rf"t\.csv\.gz.*{message}"):
        read_columns(tmp_path / "t.csv.gz", TYPES)


def test_a_missing_or_damaged_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"cannot read .*absent\.csv"):
        read_columns(tmp_path / "absent.csv", TYPES)
    (tmp_path / "t.csv.gz").write_bytes(b"no gzip")
    with pytest.raises(DataError, match=r"t\.csv\.gz"):
        read_columns(tmp_path / "t.csv.gz", TYPES)


def test_texts_are_numbered_in_their_order() -> None:
    column = pa.chunked_array([["b", "a"], ["b", "c"]])
    distinct, numbers = numbered(column)
    assert distinct == ["a", "b", "c"]
    assert numbers.tolist() == [1, 0, 1, 2]
