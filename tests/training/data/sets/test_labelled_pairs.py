from __future__ import annotations

from pathlib import Path

import pytest

from models.errors import DataError
from tests.training.data.sets.files import write
from training.data.sets.labelled_pairs import LabelledPair, place, places_of, read_pairs


def test_pairs_are_read_with_their_label(tmp_path: Path) -> None:
    write(tmp_path, "test.csv", "ltable_id,rtable_id,label", "1,2,0", "1,3,1")
    assert read_pairs(tmp_path / "test.csv.gz") == [
        LabelledPair("1", "2", same=False),
        LabelledPair("1", "3", same=True),
    ]


def test_another_label_is_refused(tmp_path: Path) -> None:
    write(tmp_path, "test.csv", "ltable_id,rtable_id,label", "1,2,yes")
    with pytest.raises(DataError, match=r"test\.csv\.gz:2: label 'yes' is neither 0 nor 1"):
        read_pairs(tmp_path / "test.csv.gz")


def test_ids_must_be_known_and_there_once() -> None:
    places = places_of(["a", "b"], "tableA")
    assert place(places, "b", "tableA") == 1
    with pytest.raises(DataError, match="tableA: a pair names id 'c', which"):
        place(places, "c", "tableA")
    with pytest.raises(DataError, match="tableA: id 'a' is there twice"):
        places_of(["a", "b", "a"], "tableA")
