from __future__ import annotations

import json
from dataclasses import replace

import pytest

from tests.training.report.example import DECIDER, TOO_FEW, findings
from training.report.decider import calibration_error, decider, learnt, no_decider
from training.report.findings import Findings, findings_json, read_findings
from training.report.full import full_report
from training.report.html import report_html
from training.report.model_card import model_card
from training.report.sources import sources_of

WITH = replace(findings(), decider=DECIDER)
WITHOUT = replace(findings(), decider=TOO_FEW)


def test_what_it_learnt_from_is_told_with_its_numbers() -> None:
    told = learnt(DECIDER)
    for words in ("10 best", "2 signals", "120 trees", "3,000 queries", "3 encoders", "2,700"):
        assert words in told
    assert "93.1%" in told
    own = replace(DECIDER, report=replace(DECIDER.report, folds=0), recall=None)
    assert "a part of their own" in learnt(own)
    assert "93.1%" not in learnt(own)


def test_the_error_of_the_probabilities_is_told() -> None:
    """All say 0.9 and 0.8 is right."""
    assert "differ by 0.100" in calibration_error(DECIDER)


def test_too_few_labels_are_told_with_what_is_missing() -> None:
    told = no_decider(TOO_FEW.report)
    assert "40 of 50 queries" in told
    assert "100 are needed, 60 more" in told
    assert decider(WITHOUT).paragraphs == (told,)
    assert not decider(WITHOUT).tables


def test_its_tables_are_the_signals_and_the_bins() -> None:
    signals, bins = decider(WITH).tables
    assert signals[1:] == [["lead in score", "0.750"], ["codes only in query", "0.250"]]
    assert bins[1] == ["0.0 to 0.1", "0", "-", "-", "-"]
    assert bins[-1][:4] == ["0.9 to 1.0", "100", "0.900", "0.800"]
    assert sum(int(row[1]) for row in bins[1:]) == 100


def test_no_decider_asked_for_is_said() -> None:
    assert "no decider was asked for" in decider(findings()).paragraphs[0]


@pytest.mark.parametrize("found", [WITH, WITHOUT, findings()], ids=["with", "too few", "without"])
def test_the_report_is_the_same_from_its_written_findings(found: Findings) -> None:
    again = read_findings(findings_json(found), "findings.json")
    assert again.decider == found.decider
    assert full_report(again) == full_report(found)


def test_findings_older_than_the_decider_are_read() -> None:
    older = json.loads(findings_json(WITH))
    del older["decider"]
    assert read_findings(json.dumps(older).encode(), "findings.json").decider is None


def test_the_page_has_its_pictures_and_errors_by_probability() -> None:
    page, before = (report_html(one).decode() for one in (WITH, findings()))
    assert page.count("<img") == before.count("<img") + 2
    assert "Most confident errors, by probability" in page
    assert "probability of the label" in page
    assert "alc-train catalogue-check" in page
    assert "Answers of probability 0.8500 or more" in page
    assert "Most confident errors, by score" in before
    assert "Answers of score 0.8500 or more" in before
    assert report_html(WITHOUT).decode().count("<img") == before.count("<img")


def test_the_card_has_a_section_only_where_one_was_asked_for() -> None:
    card, too_few, without = (model_card(one).decode() for one in (WITH, WITHOUT, findings()))
    for words in ("## Decider", "120 trees", "| lead in score | 0.750 |", "a decider and"):
        assert words in card
    assert "60 more" in too_few
    assert "## Decider" not in without
    assert "a decider" not in without


def test_its_parts_are_cited_where_it_is_used() -> None:
    with_one = sources_of("softmax", {}, None, None, {}, decider={"folds": 3})
    without = sources_of("softmax", {}, None, None, {})
    cited = " ".join(one.citation for one in with_one if one not in without)
    for work in ("XGBoost", "KDD 2016", "Platt", "1999", "Lundberg & Lee", "NeurIPS 2017", "2020"):
        assert work in cited
    (settings,) = (one.settings for one in with_one if one.name == "decider")
    assert settings == {"folds": 3}
    assert with_one[-1].name == without[-1].name == "promise"
