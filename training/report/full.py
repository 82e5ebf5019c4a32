"""All files of a report."""

from __future__ import annotations

from collections.abc import Mapping

from training.report.files import report_files
from training.report.findings import Findings, findings_json
from training.report.html import report_html
from training.report.model_card import model_card
from training.report.what_if.section import what_if_files

REPORT_PAGE, CARD, FINDINGS = "report.html", "model_card.md", "findings.json"


def full_report(findings: Findings, bundle_id: str | None = None) -> Mapping[str, bytes]:
    """Return file name -> content: the tables and metrics, the pages, the card and the findings."""
    return {
        **report_files(findings.about.title, findings.evaluations, findings.calibrated_answers),
        REPORT_PAGE: report_html(findings, bundle_id),
        **what_if_files(findings),
        CARD: model_card(findings),
        FINDINGS: findings_json(findings),
    }
