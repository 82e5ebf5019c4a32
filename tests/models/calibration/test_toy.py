"""The simulation's ground truth must itself be right."""

from __future__ import annotations

import numpy as np
import pytest

from tests.models.calibration import toy


def test_the_best_coverage_at_90_percent_is_that_of_method_5_3() -> None:
    thresholds = np.arange(0.5, 0.9, 0.001)
    widest = min(t for t in thresholds if toy.true_precision(t) >= 0.90)
    assert toy.true_coverage(widest) == pytest.approx(0.207, abs=0.002)


def test_the_true_precision_is_that_of_many_labels() -> None:
    scores, correct = toy.labelled(np.random.default_rng(0), 400_000)
    within = scores >= 0.7
    assert toy.true_precision(0.7) == pytest.approx(correct[within].mean(), abs=0.005)
    assert toy.true_coverage(0.7) == pytest.approx(within.mean(), abs=0.005)
