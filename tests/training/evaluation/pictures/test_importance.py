from __future__ import annotations

import pytest

from models.decider.features.all import NAMES
from models.errors import DataError
from tests.training.evaluation.pictures.pixels import has_colour, pixels
from training.decider.importance import Importance
from training.evaluation.pictures.importance import MOST_SIGNALS, importance_picture
from training.evaluation.pictures.style import COLOURS

SHARES = [Importance(name, 1 / len(NAMES)) for name in NAMES]


def test_the_most_important_are_drawn_and_the_text_says_of_how_many() -> None:
    all_of_them, shown = (importance_picture(one) for one in (SHARES, SHARES[:MOST_SIGNALS]))
    assert all_of_them.png == shown.png
    assert f"the first {MOST_SIGNALS} of {len(NAMES)}" in all_of_them.shows
    assert has_colour(pixels(shown.png), COLOURS[1])


def test_fewer_signals_make_a_lower_picture() -> None:
    few, many = (pixels(importance_picture(SHARES[:count]).png) for count in (3, 9))
    assert few.shape[0] < many.shape[0]


def test_a_picture_needs_a_signal() -> None:
    with pytest.raises(DataError, match="at least one"):
        importance_picture([])
