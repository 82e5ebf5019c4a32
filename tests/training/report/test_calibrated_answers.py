from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import pytest

from tests.training.evaluation.example import promise
from tests.training.report.example import DECIDER, findings
from training.evaluation.calibrated_answers import CalibratedAnswers, NoMatch
from training.evaluation.reliability import reliability
from training.report.calibrated_answers import calibrated_answers, calibration_errors
from training.report.findings import Findings, findings_json, read_findings
from training.report.full import full_report
from training.report.html import report_html
from training.report.model_card import model_card

# All say 0.9 and 0.85 is right.
KNOWN = reliability(np.full(100, 0.9), np.arange(100) < 85)
NO_MATCH = NoMatch(promise(0.2, target=0.95), 200, said=40, right=39, precision_interval=(0.9, 1.0))
WITH = replace(findings(), calibrated_answers=CalibratedAnswers(KNOWN, NO_MATCH), decider=DECIDER)


def changed(**parts: object) -> Findings:
    assert WITH.calibrated_answers
    return replace(WITH, calibrated_answers=replace(WITH.calibrated_answers, **parts))  # type: ignore[arg-type]


def test_the_error_of_probabilities_is_told_beside_that_of_the_decider() -> None:
    (told,) = calibration_errors(WITH)
    assert "differ by 0.050 on average (expected calibration error)" in told
    assert told.endswith("For the probability of the decider, which it is made of, this is 0.100.")
    (alone,) = calibration_errors(replace(WITH, decider=None))
    assert "decider" not in alone


def test_no_match_is_told_with_what_it_did() -> None:
    _, told = calibrated_answers(WITH).paragraphs
    for words in ("0.2000 or less", "at least 95%", "90% confidence", "20.0%, 97.5% of them"):
        assert words in told
    _, table = calibrated_answers(WITH).tables
    assert table[1] == [
        "0.95",
        "0.2000",
        "100 of 1,200, 4",
        "40, 1",
        "0.200",
        "0.975 [0.900, 1.000]",
    ]


def test_no_match_that_cannot_be_promised_or_was_not_asked_for_is_told() -> None:
    refused = changed(no_match=replace(NO_MATCH, promise=promise(None), said=0, right=0))
    assert "cannot be promised" in calibrated_answers(refused).paragraphs[1]
    assert "1,234 more labels needed" in calibrated_answers(refused).paragraphs[1]
    assert "never said" in calibrated_answers(changed(no_match=None)).paragraphs[1]
    assert len(calibrated_answers(changed(no_match=None)).tables) == 1


def test_too_few_labels_for_probabilities_are_told() -> None:
    found = calibrated_answers(changed(reliability=None))
    assert "too few calibration queries" in found.paragraphs[0]
    assert not found.pictures


def test_page_card_and_metrics_have_it() -> None:
    page, before = (
        report_html(one).decode() for one in (WITH, replace(findings(), decider=DECIDER))
    )
    assert page.count("<img") == before.count("<img") + 1
    assert "Are the calibrated probabilities true?" in page
    assert "differ by 0.050" in model_card(WITH).decode()
    metrics = json.loads(full_report(WITH)["metrics.json"])
    error = metrics["calibration"]["reliability"]["expected_calibration_error"]
    assert error == pytest.approx(0.05)
    assert metrics["calibration"]["no_match"]["said"] == 40
    assert json.loads(full_report(findings())["metrics.json"])["calibration"] is None


def test_findings_keep_it_and_older_ones_have_none() -> None:
    content = findings_json(WITH)
    assert read_findings(content, "findings.json").calibrated_answers == WITH.calibrated_answers
    older = json.loads(content)
    del older["calibrated_answers"]
    assert read_findings(json.dumps(older).encode(), "findings.json").calibrated_answers is None
    assert "not measured in this run" in calibrated_answers(findings()).paragraphs[0]
