from __future__ import annotations

import pytest

from models.errors import DataError
from tests.training.evaluation.pictures.pixels import pixels
from tests.training.report.example import what_if
from training.evaluation.pictures.what_if import what_if_picture

ROWS = tuple(what_if(target, coverage=2 * (1 - target)) for target in (0.8, 0.85, 0.9))


def test_other_rows_are_another_picture() -> None:
    fewer = (*ROWS[:2], what_if(0.9, coverage=0.0))
    assert what_if_picture(ROWS).png == what_if_picture(ROWS).png
    assert (pixels(what_if_picture(ROWS).png) != pixels(what_if_picture(fewer).png)).any()


def test_nothing_promised_can_be_drawn() -> None:
    assert what_if_picture([what_if(0.8, coverage=0.0), what_if(0.9, coverage=0.0)]).png


def test_the_words_say_what_the_hours_assume() -> None:
    shows = what_if_picture(ROWS).shows
    for words in ("90% confidence", "10,000 queries", "20 seconds"):
        assert words in shows


def test_no_rows_cannot_be_drawn() -> None:
    with pytest.raises(DataError, match="at least one"):
        what_if_picture(())
