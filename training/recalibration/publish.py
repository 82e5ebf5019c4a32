"""From new labels to a published child of a bundle."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from models.bundle.bundle import Bundle
from models.bundle.child import Recalibration, publish_child
from training.evaluation.table import Rows
from training.pipeline_settings import PipelineSettings
from training.recalibration.changes import changes_table
from training.recalibration.recalibrate import NewLabels, Recalibrated, recalibrate
from training.recalibration.report import (
    answers_to_test,
    recalibrated_findings,
    recalibrated_report,
)
from training.report.findings import Findings


@dataclass(frozen=True, slots=True, eq=False)
class Published:
    """Where the child is, what was calibrated, and what that changed, as a table."""

    directory: Path
    made: Recalibrated
    changes: Rows


def calibrate_and_publish(
    parent: Bundle,
    new: NewLabels,
    settings: PipelineSettings,
    findings: Findings | None,
    bundles_dir: Path,
    now: datetime,
    *,
    make_current: bool,
) -> Published:
    """Return the published child; `findings` are the parent's, None where it has none.

    Raise as `recalibrate` and `publish_child` do; then nothing was published.
    """
    made = recalibrate(parent, new, settings.calibration, now)
    calibrated = made.calibrated
    changes = changes_table(parent.promises, calibrated.promises, calibrated.record.unlabelled)
    if findings is not None:
        test = answers_to_test(parent, calibrated.record.grouping)
        findings = recalibrated_findings(
            findings, parent, calibrated, test, settings.as_dict(), now
        )
    own = Recalibration(
        promises=calibrated.promises,
        no_match=calibrated.no_match,
        calibration=calibrated.record,
        configuration=settings.as_dict(),
        reference=made.reference,
        report=recalibrated_report(findings, calibrated, changes),
    )
    directory = publish_child(bundles_dir, parent, own, created_at=now, make_current=make_current)
    return Published(directory, made, changes)
