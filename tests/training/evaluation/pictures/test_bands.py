from __future__ import annotations

import pytest

from models.errors import DataError
from tests.training.evaluation.pictures.pixels import has_colour, pixels
from training.evaluation.bands import COVERAGE_GRID, curve_band
from training.evaluation.pictures.bands import band_picture
from training.evaluation.pictures.style import COLOURS

POINTS = len(COVERAGE_GRID)


def test_every_model_has_a_line_of_its_colour() -> None:
    bands = [curve_band(f"model {at}", [[0.9 - at / 20] * POINTS]) for at in range(3)]
    image = pixels(band_picture(bands).png)
    assert [has_colour(image, colour) for colour in COLOURS[:4]] == [True] * 3 + [False]


def test_seeds_that_differ_make_the_band_wide() -> None:
    narrow = band_picture([curve_band("ours", [[0.8] * POINTS] * 2)]).png
    wide = band_picture([curve_band("ours", [[0.7] * POINTS, [0.9] * POINTS])]).png
    assert (pixels(wide) < 1).sum() > (pixels(narrow) < 1).sum()


def test_a_picture_needs_a_model() -> None:
    with pytest.raises(DataError, match="at least one model"):
        band_picture([])
