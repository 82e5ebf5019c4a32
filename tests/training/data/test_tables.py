from __future__ import annotations

import gzip
from pathlib import Path

import pytest

from models.errors import DataError
from training.data.tables import BadRow, BadRows, read_table

COLUMNS = {"id": "id", "text": "title"}


def write(directory: Path, content: bytes, name: str = "products.csv") -> Path:
    path = directory / name
    path.write_bytes(content)
    return path


def test_rows_are_read_by_header_name_whatever_the_order_and_spaces(tmp_path: Path) -> None:
    path = write(tmp_path, b"price, title ,id\n9, red lamp ,a\n")
    (row,) = read_table(path, COLUMNS).rows
    assert row.fields == {"id": "a", "text": "red lamp"}
    assert row.line == 2


def test_gzip_and_byte_order_mark_are_understood(tmp_path: Path) -> None:
    content = gzip.compress("\ufeffid,title\na,lampe für Küche\n".encode())
    (row,) = read_table(write(tmp_path, content, "products.csv.gz"), COLUMNS).rows
    assert row.fields["text"] == "lampe für Küche"


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        (b"a", "1 columns where the header has 2"),
        (b"a,lamp,more", "3 columns where the header has 2"),
        (b"a,", "column 'title' is empty"),
        (b" ,lamp", "column 'id' is empty"),
        (b"a," + b"x" * 2001, "column 'title' has 2001 characters, 2000 are allowed"),
        (b"a,caf\xe9", "column 'title' is not valid UTF-8"),
        (b"a,la\0mp", "column 'title' holds a NUL character"),
        (b'a,"lamp"x', "',' expected after '\"' (lines 3 to 3)"),
    ],
)
def test_a_bad_row_is_reported_and_the_others_are_read(
    tmp_path: Path, line: bytes, reason: str
) -> None:
    path = write(tmp_path, b"id,title\nfirst,lamp\n" + line + b"\nlast,lamp\n")
    table = read_table(path, COLUMNS, max_bad_rows=1)
    assert table.bad_rows == (BadRow("products.csv", 3, reason),)
    assert [row.fields["id"] for row in table.rows] == ["first", "last"]


def test_lines_are_true_after_quoted_line_breaks(tmp_path: Path) -> None:
    path = write(tmp_path, b'id,title\na,"two\nlines"\n\nb,\nc,"three\r\n\r\nlines"\nd,\n')
    table = read_table(path, COLUMNS, max_bad_rows=2)
    assert [row.line for row in table.rows] == [2, 6]
    assert [bad.line for bad in table.bad_rows] == [5, 9]


def test_an_unclosed_quote_does_not_swallow_rows_unreported(tmp_path: Path) -> None:
    path = write(tmp_path, b'id,title\na,lamp\nb,"5 inch\nc,chair\nd,table\n')
    table = read_table(path, COLUMNS, max_bad_rows=1)
    assert table.bad_rows == (BadRow("products.csv", 3, "unexpected end of data (lines 3 to 5)"),)


def test_no_bad_row_is_allowed_unless_asked_for(tmp_path: Path) -> None:
    path = write(tmp_path, b"id,title\na,lamp\nb,\nc,\n")
    with pytest.raises(BadRows, match=r"2 bad rows, 0 allowed"):
        read_table(path, COLUMNS)
    with pytest.raises(BadRows, match=r"2 bad rows, 1 allowed"):
        read_table(path, COLUMNS, max_bad_rows=1)
    assert len(read_table(path, COLUMNS, max_bad_rows=2).rows) == 1


def test_the_error_holds_all_bad_rows_and_its_message_the_first_twenty(tmp_path: Path) -> None:
    path = write(tmp_path, b"id,title\n" + b"a,\n" * 25)
    with pytest.raises(BadRows) as caught:
        read_table(path, COLUMNS)
    assert [bad.line for bad in caught.value.bad_rows] == list(range(2, 27))
    message = str(caught.value)
    assert "products.csv:21: column 'title' is empty" in message
    assert "products.csv:22:" not in message
    assert message.endswith("... and 5 more")


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "products.csv is empty"),
        (b"id,name\na,lamp\n", "column 'title' not at all; its columns are: id, name"),
        (b"id,title,title\na,lamp,lamp\n", "column 'title' twice"),
        (b"id,title\n", "has no usable row"),
        (b'id,"title', "the header is not CSV"),
    ],
)
def test_a_file_that_is_no_such_table_is_refused(
    tmp_path: Path, content: bytes, message: str
) -> None:
    with pytest.raises(DataError, match=message):
        read_table(write(tmp_path, content), COLUMNS)


@pytest.mark.parametrize(
    "content", [b"id,title\n", gzip.compress(b"id,title\na,lamp\n")[:-9]], ids=["plain", "cut off"]
)
def test_a_damaged_gzip_file_is_named(tmp_path: Path, content: bytes) -> None:
    with pytest.raises(DataError, match=r"products.csv.gz is a damaged gzip file"):
        read_table(write(tmp_path, content, "products.csv.gz"), COLUMNS)


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"cannot read .*absent.csv: No such file"):
        read_table(tmp_path / "absent.csv", COLUMNS)


@pytest.mark.parametrize("name", ["products.txt", "products", "products.parquet.gz", "products.gz"])
def test_a_name_that_tells_no_format_is_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(DataError, match=r"ends in \.csv, \.jsonl .* or \.parquet"):
        read_table(write(tmp_path, b"id,title\na,lamp\n", name), COLUMNS)


def test_another_delimiter_of_csv_can_be_named(tmp_path: Path) -> None:
    path = write(tmp_path, b"id|title\na|lamp, red\n")
    (row,) = read_table(path, COLUMNS, delimiter="|").rows
    assert row.fields["text"] == "lamp, red"


def test_optional_columns_and_allowed_cells_may_be_empty(tmp_path: Path) -> None:
    path = write(tmp_path, b"id,title,shop\na,,north\nb,lamp,\n")
    optional = {"shop": "shop", "city": "city"}
    table = read_table(path, COLUMNS, empty=["text"], optional=optional)
    assert [dict(row.fields) for row in table.rows] == [
        {"id": "a", "text": "", "shop": "north", "city": ""},
        {"id": "b", "text": "lamp", "shop": "", "city": ""},
    ]


def test_the_other_columns_are_attributes_when_asked_for(tmp_path: Path) -> None:
    path = write(tmp_path, b"id,title,brand, size ,\na,lamp,, 2 m ,unnamed\n")
    assert read_table(path, COLUMNS).rows[0].attributes == {}
    assert read_table(path, COLUMNS, attributes=True).rows[0].attributes == {"size": "2 m"}


@pytest.mark.parametrize(
    ("cell", "reason"),
    [
        (b"x" * 10_001, "column 'note' has 10001 characters, 10000 are allowed"),
        (b"caf\xe9", "column 'note' is not valid UTF-8"),
    ],
    ids=["long", "broken"],
)
def test_an_attribute_may_be_long_but_not_broken(tmp_path: Path, cell: bytes, reason: str) -> None:
    path = write(tmp_path, b"id,title,note\na,lamp," + b"x" * 10_000 + b"\nb,lamp," + cell + b"\n")
    table = read_table(path, COLUMNS, attributes=True, max_bad_rows=1)
    assert table.bad_rows == (BadRow("products.csv", 3, reason),)
    assert read_table(path, COLUMNS).bad_rows == ()


def test_two_columns_of_one_name_cannot_both_be_attributes(tmp_path: Path) -> None:
    path = write(tmp_path, b"id,title,note,note\na,lamp,1,2\n")
    with pytest.raises(DataError, match="column 'note' twice"):
        read_table(path, COLUMNS, attributes=True)
    assert len(read_table(path, COLUMNS).rows) == 1
