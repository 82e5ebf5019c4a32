from __future__ import annotations

import json
from dataclasses import replace

from tests.training.report.example import WHAT_IF, findings, what_if
from training.report.findings import findings_json, read_findings
from training.report.full import full_report
from training.report.what_if.section import PAGE, what_if_files, what_if_table
from training.report.what_if.section import what_if as section


def test_the_table_has_the_precisions_that_reports_look_at_in_numbers() -> None:
    rows = (*WHAT_IF[:3], what_if(0.905))
    _, *found = what_if_table(rows)
    assert [row[0] for row in found] == ["0.80", "0.85", "0.90"]
    assert found[1] == [
        "0.85",
        "0.8000",
        "600 of 1,200, 7",
        "0.700 [0.680, 0.720]",
        "0.860 [0.850, 0.865]",
        "16.7",
    ]


def test_what_cannot_be_promised_is_told_with_what_people_would_do() -> None:
    row = what_if_table((what_if(0.9, coverage=0.0),))[1]
    assert row[1:] == ["Cannot promise: 1,234 more labels needed", "-", "0.000", "-", "55.6"]


def test_thresholds_of_groups_alone_are_named_as_such() -> None:
    assert what_if_table((replace(what_if(0.9), threshold=None),))[1][1] == "by group"


def test_the_section_is_of_the_confidence_of_the_promises_and_links_the_chart() -> None:
    found = section(findings())
    assert "90% confidence" in found.paragraphs[0]
    (table,) = found.tables
    assert len(table) == 1 + 3
    assert [link.file for link in found.links] == [PAGE]
    assert len(found.pictures) == 1


def test_the_chart_is_a_file_of_the_report_where_there_is_something_to_show() -> None:
    older = replace(findings(), what_if=())
    assert PAGE in full_report(findings())
    assert PAGE not in full_report(older)
    assert what_if_files(older) == {}
    assert not section(older).links
    assert "kept no calibration" in section(older).paragraphs[0]


def test_findings_keep_it_and_older_ones_have_none() -> None:
    content = findings_json(findings())
    assert read_findings(content, "findings.json").what_if == WHAT_IF
    older = json.loads(content)
    del older["what_if"]
    assert read_findings(json.dumps(older).encode(), "findings.json").what_if == ()
