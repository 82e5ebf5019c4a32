from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from models.catalogue import Catalogue, Product
from models.errors import DataError, WrongStream
from training.data.drawn import Drawn, load_drawn
from training.data.tables import BadRows

CATALOGUE = Catalogue([Product("p1", "Oven"), Product("p2", "Fridge")])


def write(directory: Path, *lines: str, columns: str = "query,product_id,stream,threshold") -> Path:
    path = directory / "labels.csv"
    path.write_text("".join(f"{line}\n" for line in (columns, *lines)))
    return path


def test_without_a_stream_every_query_was_drawn_from_all_traffic(tmp_path: Path) -> None:
    plain = write(tmp_path, "oven,p1,Smeg", "tv,p9,", columns="query,product_id,brand")
    found = load_drawn(plain, CATALOGUE)
    assert found.drawn == (Drawn(2, None), Drawn(3, None))
    assert found.audits == 0
    assert found.dataset.answerable.tolist() == [True, False]
    assert found.dataset.attributes == ({"brand": "Smeg"}, {})


def test_audits_say_which_threshold_had_accepted_them(tmp_path: Path) -> None:
    labels = write(tmp_path, "oven,p1,calibration,", "fridge,p2,audit,0.875", "both,p1,,")
    found = load_drawn(labels, CATALOGUE)
    assert [one.served_threshold for one in found.drawn] == [None, 0.875, None]
    assert found.audits == 1


def test_how_a_query_was_drawn_is_no_attribute_of_it(tmp_path: Path) -> None:
    found = load_drawn(write(tmp_path, "oven,p1,audit,0.5"), CATALOGUE)
    assert found.dataset.attributes is None


def test_review_rows_are_refused_by_file_and_line_whatever_is_allowed(tmp_path: Path) -> None:
    labels = write(tmp_path, "oven,p1,,", "tv,,review,", "fridge,p2,review,")
    with pytest.raises(WrongStream) as refused:
        load_drawn(labels, CATALOGUE, max_bad_rows=100)
    assert "2 rows are of the stream 'review' (labels.csv:3, labels.csv:4)" in str(refused.value)
    assert "use them to train" in str(refused.value)


def test_of_many_review_rows_the_first_are_named(tmp_path: Path) -> None:
    labels = write(tmp_path, *(f"q{at},p1,review," for at in range(25)))
    with pytest.raises(WrongStream, match=r"labels\.csv:21 and 5 more"):
        load_drawn(labels, CATALOGUE)


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ("tv,,audits,", "column 'stream' is 'audits', neither 'calibration' nor 'audit'"),
        ("tv,,audit,", "column 'threshold' is missing: an audit needs"),
        ("tv,,audit,high", "column 'threshold' is 'high', not a number"),
        ("tv,,audit,nan", "column 'threshold' is 'nan', not a number"),
        ("tv,,calibration,0.9", "has a threshold, which only rows of the stream 'audit' have"),
        ("oven,p2,audit,0.9", "the query was drawn in another way than on line 2"),
    ],
    ids=["unknown", "no-threshold", "no-number", "nan", "threshold", "contradiction"],
)
def test_a_row_that_does_not_say_how_it_was_drawn_is_bad(
    tmp_path: Path, row: str, reason: str
) -> None:
    labels = write(tmp_path, "oven,p1,,", row)
    with pytest.raises(BadRows) as refused:
        load_drawn(labels, CATALOGUE)
    assert f"labels.csv:3: {reason}" in str(refused.value)
    allowed = load_drawn(labels, CATALOGUE, max_bad_rows=1)
    assert (allowed.dataset.texts, len(allowed.bad_rows)) == (("oven",), 1)


def test_a_text_that_was_asked_twice_is_two_queries_by_their_ids(tmp_path: Path) -> None:
    columns = "query_id,query,product_id,stream,threshold"
    labels = write(tmp_path, "1,oven,p1,,", "2,oven,p1,audit,0.5", columns=columns)
    assert [one.served_threshold for one in load_drawn(labels, CATALOGUE).drawn] == [None, 0.5]


def test_several_products_of_an_audited_query_are_one_label(tmp_path: Path) -> None:
    found = load_drawn(write(tmp_path, "both,p1,audit,0.9", "both,p2,audit,0.9"), CATALOGUE)
    assert len(found) == 1
    assert found.dataset.relevance.toarray().tolist() == [[True, True]]


def test_a_subset_keeps_queries_and_draws_together(tmp_path: Path) -> None:
    found = load_drawn(write(tmp_path, "oven,p1,,", "fridge,p2,audit,0.5"), CATALOGUE)
    one = found.subset(np.array([1]))
    assert (one.dataset.texts, one.drawn) == (("fridge",), (Drawn(3, 0.5),))


def test_labels_of_another_catalogue_are_refused(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="no product_id is in the catalogue of the bundle"):
        load_drawn(write(tmp_path, "oven,p9,,"), CATALOGUE)
