from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest

from models.index.base import Neighbours
from models.thresholds import Promise
from tests.training.evaluation.example import promise
from tests.training.evaluation.pictures.pixels import has_colour, pixels
from training.data.dataset import relevance_matrix
from training.evaluation.pictures.promises import precision_coverage_picture
from training.evaluation.pictures.style import COLOURS
from training.evaluation.report import Evaluation, evaluate


def evaluation(promises: Sequence[Promise] = ()) -> Evaluation:
    """Return 200 queries whose upper 150 scores are right."""
    scores = np.linspace(1, 0.005, 200, dtype=np.float32)[:, None]
    found = Neighbours(scores, np.zeros((200, 1), dtype=np.int64))
    return evaluate("ours", found, relevance_matrix([(0,)] * 150 + [()] * 50, 1), promises)


def test_it_is_one_picture_that_is_the_same_each_time() -> None:
    first, again = (precision_coverage_picture([evaluation()]).png for _ in range(2))
    assert first == again
    assert pixels(first).shape == (660, 900, 4)


def test_every_model_has_a_curve_of_its_colour() -> None:
    names = [f"model {at}" for at in range(5)]
    models = [replace(evaluation(), name=name) for name in names]
    image = pixels(precision_coverage_picture(models).png)
    assert [has_colour(image, colour) for colour in COLOURS] == [True] * 5 + [False]


@pytest.mark.parametrize("threshold", [0.4, None])
def test_promises_kept_and_refused_are_marked(threshold: float | None) -> None:
    plain = pixels(precision_coverage_picture([evaluation()]).png)
    marked = pixels(precision_coverage_picture([evaluation([promise(threshold)])]).png)
    assert not has_colour(plain, "#b3261e")
    assert has_colour(marked, "#b3261e")
