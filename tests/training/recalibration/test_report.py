from __future__ import annotations

from dataclasses import replace

from models.bundle.bundle import Bundle
from tests.small_bundle import CREATED_AT, small_record
from tests.training.evaluation.example import promise
from training.calibration import Calibrated
from training.commands.findings import findings_of
from training.evaluation.kept import Verdict, verdict
from training.recalibration.report import (
    answers_to_test,
    judged,
    recalibrated_findings,
    recalibrated_report,
)

MADE = Calibrated(small_record(60), (promise(0.3, target=0.6),), None)
CHANGES = [["promised precision"], ["0.60"]]


def test_the_model_is_as_it_was_measured_and_the_promises_are_new(shop: Bundle) -> None:
    before = findings_of(shop.directory)
    test = answers_to_test(shop, None)
    found = recalibrated_findings(before, shop, MADE, test, {"new": 1}, CREATED_AT)
    assert found.about.parent == shop.bundle_id
    assert found.about.calibration_queries == 60
    assert found.configuration == {"new": 1}
    assert found.evaluations[0] == before.evaluations[0]
    assert found.evaluations[-1].precision_at_1 == before.evaluations[-1].precision_at_1
    (one,) = found.evaluations[-1].calibrated
    assert one.promise.target_precision == 0.6
    assert one.measured.accepted > 0
    assert found.calibrated_answers
    assert {row.calibration_labels for row in found.what_if} == {60}


def test_without_the_test_queries_nothing_is_said_of_them(shop: Bundle) -> None:
    lost = replace(shop, manifest=shop.manifest.model_copy(update={"data_digest": "0" * 64}))
    assert answers_to_test(lost, None) is None
    (one,) = judged(MADE, None)
    assert verdict(one) is Verdict.NOT_MEASURED
    found = recalibrated_findings(findings_of(shop.directory), shop, MADE, None, {}, CREATED_AT)
    assert found.calibrated_answers is None
    assert {row.precision for row in found.what_if} == {None}


def test_without_findings_of_the_model_the_report_has_the_promises_alone() -> None:
    report = recalibrated_report(None, MADE, CHANGES)
    assert set(report) == {"table.txt", "table.md", "calibration.txt", "calibration.md"}
    assert b"0.3000" in report["table.txt"]
    assert report["calibration.txt"] == b"promised precision\n0.60\n"
