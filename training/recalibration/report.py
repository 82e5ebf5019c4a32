"""The report of a bundle that was calibrated again: that of its model, with the new promises."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from models.bundle.bundle import Bundle
from models.errors import DataError
from models.thresholds import Grouping
from training.calibration import Calibrated
from training.evaluation.answered import Answered
from training.evaluation.promised import CalibratedCoverage, calibrated, unmeasured
from training.evaluation.report import CANDIDATES
from training.evaluation.search import answers
from training.evaluation.table import Rows, as_markdown, as_text, promises_table
from training.evaluation.what_if import what_if
from training.findings import answers_of
from training.reevaluation import own_parts
from training.report.findings import Findings
from training.report.full import full_report

CHANGES = "calibration"  # .txt and .md


def answers_to_test(bundle: Bundle, grouping: Grouping | None) -> Answered | None:
    """Return what the bundle answers to the test queries of its own data; None where it is lost.

    They judge the promises; nothing is chosen by them.
    """
    try:
        test = own_parts(bundle).test
    except DataError:
        return None
    return Answered.of(test, answers(bundle.runtime, test, CANDIDATES), grouping)


def judged(made: Calibrated, test: Answered | None) -> tuple[CalibratedCoverage, ...]:
    """Return what the promises do on the test queries, where there are any."""
    if test is None:
        return tuple(unmeasured(one) for one in made.promises)
    return tuple(
        calibrated(one, test.found, test.correct, test.answerable, test.groups)
        for one in made.promises
    )


def recalibrated_findings(
    before: Findings,
    bundle: Bundle,
    made: Calibrated,
    test: Answered | None,
    configuration: Mapping[str, Any],
    now: datetime,
) -> Findings:
    """Return the findings of the model with the new promises in place of the old ones."""
    *others, last = before.evaluations
    about = replace(
        before.about,
        calibration_queries=len(made.record.labels),
        created_at=now.isoformat(timespec="seconds"),
        parent=bundle.bundle_id,
        command=f"alc-train calibrate --bundle {bundle.bundle_id} --pairs LABELS",
    )
    return replace(
        before,
        about=about,
        configuration=configuration,
        evaluations=(*others, replace(last, calibrated=judged(made, test))),
        what_if=what_if(made.record, test),
        calibrated_answers=None if test is None else answers_of(made, test),
    )


def recalibrated_report(
    findings: Findings | None, made: Calibrated, changes: Rows
) -> Mapping[str, bytes]:
    """Return the files of the report; without findings of the model, the promises alone."""
    changed = {
        f"{CHANGES}.txt": as_text(changes).encode() + b"\n",
        f"{CHANGES}.md": as_markdown(changes).encode() + b"\n",
    }
    if findings is not None:
        return {**full_report(findings), **changed}
    table = promises_table(judged(made, None))
    return {
        "table.txt": as_text(table).encode() + b"\n",
        "table.md": as_markdown(table).encode() + b"\n",
        **changed,
    }
