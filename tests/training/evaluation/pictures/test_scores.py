from __future__ import annotations

import pytest

from models.errors import DataError
from tests.training.evaluation.pictures.pixels import pixels
from training.evaluation.pictures.scores import score_picture
from training.evaluation.separation import EDGES, ScoreHistogram

BINS = len(EDGES) - 1


def histogram(right_bin: int, wrong_bin: int) -> ScoreHistogram:
    right, wrong = [0] * BINS, [0] * BINS
    right[right_bin], wrong[wrong_bin] = 10, 10
    return ScoreHistogram("ours", tuple(right), tuple(wrong), 1.0)


def test_before_and_after_are_two_panels_one_under_the_other() -> None:
    one = pixels(score_picture([histogram(90, 60)]).png)
    two = pixels(score_picture([histogram(90, 60), histogram(95, 60)]).png)
    assert two.shape[0] == 2 * one.shape[0]
    assert two.shape[1] == one.shape[1]


def test_other_scores_give_another_picture_and_the_same_the_same() -> None:
    first = score_picture([histogram(90, 60)]).png
    assert first == score_picture([histogram(90, 60)]).png
    assert first != score_picture([histogram(90, 80)]).png


def test_a_model_without_any_right_product_can_be_drawn() -> None:
    nothing = ScoreHistogram("open", (0,) * BINS, (0,) * BINS, None)
    assert pixels(score_picture([nothing]).png).size


def test_a_picture_needs_a_model() -> None:
    with pytest.raises(DataError, match="at least one model"):
        score_picture([])
