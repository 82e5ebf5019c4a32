from __future__ import annotations

from dataclasses import replace

import pytest

from tests.training.report.example import what_if
from training.report.what_if.rows import chart_rows, refusal


def test_a_row_has_the_numbers_as_they_are() -> None:
    (row,) = chart_rows([what_if(0.85, 0.9, 0.7)])
    assert (row["target"], row["confidence"], row["promised"]) == (0.85, 0.9, True)
    assert (row["accepted"], row["errors"], row["refusal"]) == (600, 7, "")
    assert row["coverage"] == 0.7
    assert (row["coverage_low"], row["coverage_high"]) == pytest.approx((0.68, 0.72))
    assert row["precision"] == 0.86


def test_what_cannot_be_promised_has_no_precision_but_a_reason() -> None:
    (row,) = chart_rows([what_if(0.9, coverage=0.0)])
    assert row["coverage"] == 0
    assert row["precision"] is row["precision_low"] is row["precision_high"] is None
    assert row["refusal"] == "Cannot promise: 1,234 more labels needed"


def test_labels_that_would_not_help_are_not_asked_for() -> None:
    refused = replace(what_if(0.9, coverage=0.0), labels_needed=None)
    assert refusal(refused) == "Cannot promise: precision too low"
