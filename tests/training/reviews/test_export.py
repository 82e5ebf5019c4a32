from __future__ import annotations

from pathlib import Path

import pytest

from models.errors import DataError
from tests.training.reviews.exports import Row, pair, verdict, write_export
from training.reviews.export import Export, read_export
from training.reviews.label import Place, Stream

ROWS = [
    verdict(1, "neff oven", "p1", "p2", attributes={"brand": "Neff"}),
    verdict(2, "beko", answer="unsure", final=False),
    verdict(3, "beko", answer="withdrawn", supersedes="v2", current=False, final=False),
    verdict(4, "beko", streams=["audit", "calibration"]),
]


def read(path: Path, rows: list[Row]) -> Export:
    return read_export(write_export(path, rows), path.name, 0)


@pytest.mark.parametrize("ending", ["jsonl", "csv", "parquet"])
def test_verdicts_are_read_alike_in_every_format(tmp_path: Path, ending: str) -> None:
    first, unsure, withdrawn, none = read(tmp_path / f"export.{ending}", ROWS).said

    assert first.label.product_ids == ("p1", "p2")
    assert first.label.attributes == {"brand": "Neff"}
    assert (first.label.query, first.label.source) == ("neff oven", "shop")
    assert (first.final, first.current, first.supersedes) == (True, True, "")
    assert (unsure.answer, unsure.final) == ("unsure", False)
    assert (withdrawn.answer, withdrawn.supersedes, withdrawn.current) == ("withdrawn", "v2", False)
    assert none.label.product_ids == ()
    assert none.label.streams == {Stream.AUDIT, Stream.CALIBRATION}
    line = 2 if ending == "csv" else 1
    assert first.label.place == Place(0, f"export.{ending}", line)


@pytest.mark.parametrize("ending", ["jsonl", "csv"])
def test_pairs_of_one_id_are_one_label(tmp_path: Path, ending: str) -> None:
    rows = [
        pair("a", "neff oven", "p1", brand="Neff", attribute_source="feed"),
        pair("b", "beko", "", brand="", attribute_source=""),
        pair("a", "neff oven", "p2", brand="Neff", attribute_source="feed"),
    ]

    first, none = read(tmp_path / f"pairs.{ending}", rows).said

    assert first.label.product_ids == ("p1", "p2")
    assert first.label.attributes == {"brand": "Neff", "source": "feed"}
    assert first.label.streams == {Stream.REVIEW}
    assert (none.answer, none.label.product_ids) == ("none", ())


@pytest.mark.parametrize(
    ("changed", "reason"),
    [
        ({"query": " "}, "column 'query' is empty"),
        ({"query": "x" * 2_001}, "column 'query' has 2001 characters, 2000 are allowed"),
        (
            {"answer": "yes"},
            "column 'answer' must be 'accepted', 'none', 'unsure' or 'withdrawn', got",
        ),
        ({"product_ids": "p1"}, "column 'product_ids' "),
        ({"product_ids": [["p1"]]}, "column 'product_ids' must be a text"),
        ({"attributes": ["brand"]}, "column 'attributes' must be an object of texts"),
        ({"current": "perhaps"}, "column 'current' must be a valid boolean"),
        ({"streams": ["reviews"]}, "column 'streams' must be 'review', 'audit' or 'calibration'"),
        ({"streams": []}, "column 'streams' is empty"),
        ({"product_ids": []}, "column 'answer' is 'accepted' and column 'product_ids' names 0"),
        ({"verdict_id": None}, "column 'verdict_id' is empty"),
    ],
)
def test_a_bad_row_is_named_by_file_line_and_field(
    tmp_path: Path, changed: Row, reason: str
) -> None:
    good = verdict(1, "neff oven", "p1")

    export = read(tmp_path / "export.jsonl", [good, verdict(2, "beko", "p2") | changed, good])

    [bad] = export.bad_rows
    assert str(bad).startswith(f"export.jsonl:2: {reason}")
    assert len(export.said) == 2


def test_a_row_without_a_column_of_the_first_is_bad(tmp_path: Path) -> None:
    short = verdict(2, "beko", "p2")
    del short["final"]

    [bad] = read(tmp_path / "export.jsonl", [verdict(1, "neff", "p1"), short]).bad_rows

    assert bad.reason == "column 'final' is missing"


@pytest.mark.parametrize(
    ("second", "reason"),
    [
        (pair("a", "beko", "p2"), "differs in more than its product from line 1, same query_id"),
        (pair("a", "neff oven", ""), "says that no product is right, or line 1 does"),
        (pair("a", "neff oven", "p2", stream="all"), "column 'stream' must be 'review', "),
    ],
)
def test_a_label_of_which_one_row_is_bad_is_not_half_learnt(
    tmp_path: Path, second: Row, reason: str
) -> None:
    export = read(tmp_path / "pairs.jsonl", [pair("a", "neff oven", "p1"), second])

    assert export.said == ()
    assert [bad.line for bad in export.bad_rows] == [2]
    assert export.bad_rows[0].reason.startswith(reason)


def test_an_export_without_labels_is_no_error(tmp_path: Path) -> None:
    assert read(tmp_path / "export.jsonl", []) == Export((), ())


def test_another_table_is_refused_with_the_columns_it_would_need(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"pairs.jsonl is no export of reviews: .*stream.*; it has"):
        read(tmp_path / "pairs.jsonl", [{"query": "neff", "product_id": "p1"}])


def test_a_file_that_begins_with_something_else_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "tasks.jsonl"
    path.write_text("[\n")

    with pytest.raises(DataError, match=r"tasks.jsonl:1: is not valid JSON"):
        read_export(path, path.name, 0)
