"""The files of a bundle's report, for people."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

import numpy as np

from training.evaluation.picture import precision_coverage_picture
from training.evaluation.report import Evaluation
from training.evaluation.table import as_markdown, as_text, calibrated_table, results_table

CURVE_POINTS = 200


def report_files(title: str, evaluations: Sequence[Evaluation]) -> Mapping[str, bytes]:
    """Return file name -> content: table.txt, table.md, metrics.json, precision_coverage.png.

    The last evaluation is that of the model in the bundle, with its promises.
    """
    tables = (results_table(evaluations), calibrated_table(evaluations[-1]))
    heading = f"{title}, {evaluations[-1].queries:,} test queries"
    metrics = {"title": title, "models": [metrics_of(one) for one in evaluations]}
    return {
        "table.txt": "\n\n".join([heading, *map(as_text, tables)]).encode() + b"\n",
        "table.md": "\n\n".join([heading, *map(as_markdown, tables)]).encode() + b"\n",
        "metrics.json": json.dumps(metrics, indent=2, allow_nan=False).encode() + b"\n",
        "precision_coverage.png": precision_coverage_picture(title, evaluations),
    }


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
