from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from models.bundle.bundle import Bundle
from models.errors import DataError
from tests.training.recalibration.offers import drawn, offers
from training.pipeline_settings import CalibrationSettings
from training.recalibration.labels import drawn_labels

SETTINGS = CalibrationSettings((0.5,))


def scored(bundle: Bundle, rows: list[tuple[str, ...]]) -> list[float]:
    found = bundle.runtime.candidates([row[0] for row in rows], 1)
    return [round(float(score), 6) for score in found.deciding[:, 0]]


def test_a_label_is_what_the_served_path_answers_and_whether_that_is_right(
    shop: Bundle, labels: Path
) -> None:
    rows = [*offers(20), ("a thing that nobody sells", "")]
    made = drawn_labels(shop, drawn(shop, labels, rows), SETTINGS).labels
    found = shop.runtime.candidates([row[0] for row in rows], 1)
    ids = [shop.runtime.catalogue[row].product_id for row in found.rows[:, 0].tolist()]
    assert np.array_equal(made.scores, found.scores)
    assert made.correct[:, 0].tolist() == [
        answer == right for answer, (_, right) in zip(ids, rows, strict=True)
    ]
    assert made.answerable.tolist() == [True] * 20 + [False]
    assert np.isneginf(made.valid_from).all()


def test_an_audit_is_valid_from_the_threshold_that_had_accepted_it(
    shop: Bundle, labels: Path
) -> None:
    rows = offers(3)
    low = min(scored(shop, rows))
    streams = [("", ""), ("audit", str(low)), ("calibration", "")]
    given = [(*row, *stream) for row, stream in zip(rows, streams, strict=True)]
    made = drawn_labels(shop, drawn(shop, labels, given), SETTINGS).labels
    assert made.valid_from.tolist() == [-np.inf, np.float32(low), -np.inf]


def test_an_audit_of_another_model_is_refused_by_its_line(shop: Bundle, labels: Path) -> None:
    rows = offers(2)
    above = [f"{score + 0.01:.6f}" for score in scored(shop, rows)]
    given = [(*row, "audit", threshold) for row, threshold in zip(rows, above, strict=True)]
    with pytest.raises(DataError) as refused:
        drawn_labels(shop, drawn(shop, labels, given), SETTINGS)
    assert "2 audited queries do not reach the threshold" in str(refused.value)
    assert f"labels.csv:2 scores {scored(shop, rows)[0]:.6f}, below" in str(refused.value)
