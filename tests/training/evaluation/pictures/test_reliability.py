from __future__ import annotations

import numpy as np

from tests.training.evaluation.pictures.pixels import has_colour, pixels
from training.evaluation.pictures.reliability import reliability_picture
from training.evaluation.pictures.style import COLOURS, MARKED, RIGHT
from training.evaluation.reliability import Reliability, reliability


def found(right: int) -> Reliability:
    """Return ten answers of probability 0.8, of which so many are right."""
    return reliability(np.full(10, 0.8, np.float32), np.arange(10) < right)


def test_it_has_the_diagonal_a_dot_and_a_bar() -> None:
    image = pixels(reliability_picture(found(8)).png)
    assert all(has_colour(image, colour) for colour in (MARKED, RIGHT, COLOURS[0]))


def test_other_shares_give_another_picture_and_the_same_the_same() -> None:
    first = reliability_picture(found(8)).png
    assert first == reliability_picture(found(8)).png
    assert first != reliability_picture(found(2)).png
