from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from pyarrow import parquet

from models.errors import DataError
from training.data.tables import BadRow, read_table

COLUMNS = {"id": "id", "text": "title"}


def write(directory: Path, **columns: Any) -> Path:
    path = directory / "products.parquet"
    parquet.write_table(pa.table(columns), path)
    return path


def test_rows_are_numbered_from_one(tmp_path: Path) -> None:
    rows = read_table(write(tmp_path, title=["lamp", " chair "], id=["a", "b"]), COLUMNS).rows
    assert [(row.line, dict(row.fields)) for row in rows] == [
        (1, {"id": "a", "text": "lamp"}),
        (2, {"id": "b", "text": "chair"}),
    ]


def test_bad_rows_are_named_by_their_number(tmp_path: Path) -> None:
    path = write(tmp_path, id=[1, None, 3], title=["lamp", "chair", ""])
    table = read_table(path, COLUMNS, max_bad_rows=2)
    assert table.bad_rows == (
        BadRow("products.parquet", 2, "column 'id' is empty"),
        BadRow("products.parquet", 3, "column 'title' is empty"),
    )


def test_ids_that_are_integers_stay_so_beside_gaps(tmp_path: Path) -> None:
    path = write(tmp_path, id=[12, None], title=["lamp", "chair"])
    assert read_table(path, COLUMNS, max_bad_rows=1).rows[0].fields["id"] == "12"


def test_attributes_of_any_type_are_text(tmp_path: Path) -> None:
    path = write(
        tmp_path,
        id=["a"],
        title=["lamp"],
        price=[Decimal("9.90")],
        weight=[0.5],
        new=[True],
        since=[date(2026, 1, 2)],
        tags=[["red", "tall"]],
        gone=pa.array([None], pa.string()),
        unknown=[float("nan")],
    )
    (row,) = read_table(path, COLUMNS, attributes=True).rows
    assert row.attributes == {
        "price": "9.90",
        "weight": "0.5",
        "new": "true",
        "since": "2026-01-02",
        "tags": '["red", "tall"]',
    }


def test_rows_beyond_the_first_batch_are_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("training.data.formats.parquet_rows.ROWS_AT_ONCE", 2)
    rows = read_table(write(tmp_path, id=[1, 2, 3], title=["a", "b", "c"]), COLUMNS).rows
    assert [row.line for row in rows] == [1, 2, 3]


def test_a_missing_column_is_named(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="column 'title' not at all; its columns are: id, name"):
        read_table(write(tmp_path, id=["a"], name=["lamp"]), COLUMNS)


def test_what_is_no_parquet_file_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "products.parquet"
    path.write_text("id,title\n")
    with pytest.raises(DataError, match=r"products\.parquet is not a Parquet file"):
        read_table(path, COLUMNS)
    with pytest.raises(DataError, match=r"cannot read .*absent\.parquet"):
        read_table(tmp_path / "absent.parquet", COLUMNS)
