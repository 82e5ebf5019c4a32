from __future__ import annotations

import gzip
from pathlib import Path

import pytest

from training.data.tables import BadRow, read_table

COLUMNS = {"id": "id", "text": "title"}


def write(directory: Path, *lines: str) -> Path:
    path = directory / "products.jsonl"
    path.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8", newline="\n")
    return path


def test_each_line_is_one_row(tmp_path: Path) -> None:
    path = write(tmp_path, '{"title": " red lamp ", "id": "a"}', "", '{"id": "b", "title": "Tür"}')
    rows = read_table(path, COLUMNS).rows
    assert [(row.line, dict(row.fields)) for row in rows] == [
        (1, {"id": "a", "text": "red lamp"}),
        (3, {"id": "b", "text": "Tür"}),
    ]


def test_numbers_stay_as_they_are_written(tmp_path: Path) -> None:
    """Read as floats, the price would lose its 0 and the long id its last digits."""
    path = write(tmp_path, '{"id": 12345678901234567890123, "title": "lamp", "price": 9.90}')
    (row,) = read_table(path, COLUMNS, attributes=True).rows
    assert row.fields["id"] == "12345678901234567890123"
    assert row.attributes == {"price": "9.90"}


def test_attributes_may_be_of_any_type_and_absent_ones_are_left_out(tmp_path: Path) -> None:
    line = '{"id": "a", "title": "lamp", "path": ["Home", "Küche"], "new": true, "price": null}'
    (row,) = read_table(write(tmp_path, line), COLUMNS, attributes=True).rows
    assert row.attributes == {"path": '["Home", "Küche"]', "new": "true"}


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ('{"id": "a"', "is not valid JSON: Expecting ',' delimiter: line 2 column 1 (char 11)"),
        ('["a", "lamp"]', "is not a JSON object"),
        ('{"id": "a"}', "column 'title' is missing"),
        ('{"id": "a", "title": null}', "column 'title' is empty"),
        ('{"id": "a", "title": ["lamp"]}', "column 'title' holds a list or an object, not a text"),
        ('{"id": "a", "title": NaN}', "is not valid JSON: NaN is no JSON number"),
        ('{"id": "a", "id": "b"}', "is not valid JSON: the name 'id' is there twice"),
        (
            '{"id": "a", "title": "lamp", "size": "1", " size": "2"}',
            "column ' size' is there twice, once with spaces around its name",
        ),
        (r'{"id": "a", "title": "\ud83d"}', "column 'title' is not valid UTF-8"),
    ],
    ids=["cut", "list", "missing", "null", "nested", "nan", "twice", "spaces", "surrogate"],
)
def test_a_bad_line_is_reported_and_the_others_are_read(
    tmp_path: Path, line: str, reason: str
) -> None:
    path = write(tmp_path, '{"id": "x", "title": "first"}', line, '{"id": "y", "title": "last"}')
    table = read_table(path, COLUMNS, attributes=True, max_bad_rows=1)
    assert table.bad_rows == (BadRow("products.jsonl", 2, reason),)
    assert [row.fields["id"] for row in table.rows] == ["x", "y"]


def test_gzip_byte_order_mark_and_windows_line_ends_are_understood(tmp_path: Path) -> None:
    path = tmp_path / "products.jsonl.gz"
    path.write_bytes(gzip.compress('\ufeff{"id": "a", "title": "lamp"}\r\n'.encode()))
    assert read_table(path, COLUMNS).rows[0].fields == {"id": "a", "text": "lamp"}
