"""The numbers of a model as plain values, and back: reports are made again without training."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

import numpy as np
from pydantic import TypeAdapter, ValidationError

from models.errors import DataError
from training.evaluation.coverage import PrecisionCoverage
from training.evaluation.opis import Opis
from training.evaluation.promised import CalibratedCoverage
from training.evaluation.ranking import RankingAt
from training.evaluation.report import Evaluation, OracleCoverage

CURVE_POINTS = 200

_PARTS: dict[str, TypeAdapter[Any]] = {
    "name": TypeAdapter(str),
    "queries": TypeAdapter(int),
    "answerable": TypeAdapter(int),
    "precision_at_1": TypeAdapter(float),
    "precision_at_5": TypeAdapter(float | None),
    "recall_at_10": TypeAdapter(float | None),
    "recall_at_50": TypeAdapter(float | None),
    "ranking": TypeAdapter(tuple[RankingAt, ...]),
    "oracle": TypeAdapter(tuple[OracleCoverage, ...]),
    "calibrated": TypeAdapter(tuple[CalibratedCoverage, ...]),
    "area_under_curve": TypeAdapter(float),
    "opis": TypeAdapter(Opis | None),
}
_CURVE = TypeAdapter(dict[str, list[float]])


def metrics_of(evaluation: Evaluation) -> dict[str, Any]:
    """Return plain values; the curve is thinned to `CURVE_POINTS` points, both ends kept."""
    curve = evaluation.curve
    last = len(curve.coverage) - 1
    shown = np.linspace(0, last, min(last + 1, CURVE_POINTS)).astype(np.int64)
    return {
        "name": evaluation.name,
        "queries": evaluation.queries,
        "answerable": evaluation.answerable,
        "precision_at_1": evaluation.precision_at_1,
        "precision_at_5": evaluation.precision_at_5,
        "recall_at_10": evaluation.recall_at_10,
        "recall_at_50": evaluation.recall_at_50,
        "ranking": [asdict(one) for one in evaluation.ranking],
        "oracle": [asdict(one) for one in evaluation.oracle],
        "calibrated": [asdict(one) for one in evaluation.calibrated],
        "area_under_curve": evaluation.area_under_curve,
        "opis": asdict(evaluation.opis) if evaluation.opis else None,
        "curve": {
            "threshold": curve.thresholds[shown].tolist(),
            "automation_coverage": curve.coverage[shown].tolist(),
            "precision": curve.precision[shown].tolist(),
        },
    }


def evaluation_from(metrics: Mapping[str, Any]) -> Evaluation:
    """Return the evaluation with these `metrics_of`; its curve has the points that were kept.

    Raise DataError naming the first value that is missing or of another kind.
    """
    parts = {name: _read(metrics, name, adapter) for name, adapter in _PARTS.items()}
    curve = _read(metrics, "curve", _CURVE)
    try:
        points = PrecisionCoverage(
            np.array(curve["threshold"]),
            np.array(curve["automation_coverage"]),
            np.array(curve["precision"]),
        )
    except KeyError as error:
        raise DataError(f"metrics: the curve lacks {error}") from error
    return Evaluation(**parts, curve=points)


def _read(metrics: Mapping[str, Any], name: str, adapter: TypeAdapter[Any]) -> Any:  # noqa: ANN401
    if name not in metrics:
        raise DataError(f"metrics: {name} is missing")
    try:
        return adapter.validate_python(metrics[name])
    except ValidationError as error:
        raise DataError(f"metrics: {name} cannot be read: {error}") from error
