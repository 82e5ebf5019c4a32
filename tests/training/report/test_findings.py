from __future__ import annotations

import json

import pytest

from models.errors import DataError
from tests.training.report.example import findings
from training.report.findings import findings_json, read_findings, settings_rows
from training.report.full import full_report


def test_the_whole_report_can_be_made_again_from_the_written_findings() -> None:
    again = read_findings(findings_json(findings()), "findings.json")
    assert full_report(again) == full_report(findings())


@pytest.mark.parametrize("part", ["about", "evaluations", "scores", "groups"])
def test_a_missing_or_broken_part_is_named_with_its_file(part: str) -> None:
    plain = json.loads(findings_json(findings()))
    with pytest.raises(DataError, match=r"run/findings\.json: cannot be read"):
        read_findings(json.dumps(plain | {part: [3]}).encode(), "run/findings.json")
    del plain[part]
    with pytest.raises(DataError, match=f"{part}' is missing"):
        read_findings(json.dumps(plain).encode(), "run/findings.json")


@pytest.mark.parametrize("content", [b"{", b"[]", b'{"format": 99}'], ids=["half", "list", "new"])
def test_what_are_no_findings_is_refused(content: bytes) -> None:
    with pytest.raises(DataError, match=r"findings\.json"):
        read_findings(content, "findings.json")


def test_settings_are_listed_by_dotted_name() -> None:
    rows = settings_rows({"split": "offers", "training": {"tcm": None, "epochs": 4}})
    assert rows == [["split", '"offers"'], ["training.tcm", "null"], ["training.epochs", "4"]]
