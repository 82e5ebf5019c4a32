"""The files of a bundle's report, for people."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict

from training.evaluation.calibrated_answers import CalibratedAnswers
from training.evaluation.pictures.promises import precision_coverage_picture
from training.evaluation.record import metrics_of
from training.evaluation.report import Evaluation
from training.evaluation.table import as_markdown, as_text, calibrated_table, results_table


def report_files(
    title: str, evaluations: Sequence[Evaluation], answers: CalibratedAnswers | None = None
) -> Mapping[str, bytes]:
    """Return file name -> content: table.txt, table.md, metrics.json, precision_coverage.png.

    The last evaluation is that of the model in the bundle, with its promises; `answers` are what
    its calibration says beside them.
    """
    tables = (results_table(evaluations), calibrated_table(evaluations[-1]))
    heading = f"{title}, {evaluations[-1].queries:,} test queries"
    metrics = {
        "title": title,
        "models": [metrics_of(one) for one in evaluations],
        "calibration": asdict(answers) if answers else None,
    }
    picture = precision_coverage_picture(evaluations)
    return {
        "table.txt": "\n\n".join([heading, *map(as_text, tables)]).encode() + b"\n",
        "table.md": "\n\n".join([heading, *map(as_markdown, tables)]).encode() + b"\n",
        "metrics.json": json.dumps(metrics, indent=2, allow_nan=False).encode() + b"\n",
        picture.file: picture.png,
    }
