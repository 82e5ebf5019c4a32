from __future__ import annotations

import json

import numpy as np
import pytest

from models.errors import DataError
from tests.training.evaluation.example import FOUND, RELEVANCE, promise
from training.evaluation.background import Background
from training.evaluation.opis import OpisSettings
from training.evaluation.record import evaluation_from, metrics_of
from training.evaluation.report import evaluate

KNOWN = Background(np.ones(4), np.array([0, 1, 0, 1]), OpisSettings(fewest_right_pairs=1))
EVALUATION = evaluate("ours", FOUND, RELEVANCE, [promise(0.8), promise(None)], KNOWN)


def test_what_was_written_reads_back_the_same() -> None:
    again = evaluation_from(json.loads(json.dumps(metrics_of(EVALUATION))))
    assert metrics_of(again) == metrics_of(EVALUATION)
    assert again.calibrated == EVALUATION.calibrated
    assert again.ranking == EVALUATION.ranking


@pytest.mark.parametrize("part", ["name", "oracle", "curve"])
def test_a_missing_or_broken_part_is_named(part: str) -> None:
    metrics = metrics_of(EVALUATION)
    with pytest.raises(DataError, match=part):
        evaluation_from(metrics | {part: 17})
    del metrics[part]
    with pytest.raises(DataError, match=f"{part} is missing"):
        evaluation_from(metrics)


def test_a_curve_without_precision_is_refused() -> None:
    with pytest.raises(DataError, match="precision"):
        evaluation_from(
            metrics_of(EVALUATION) | {"curve": {"threshold": [], "automation_coverage": []}}
        )
