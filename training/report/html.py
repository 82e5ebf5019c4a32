"""The report as one page that needs nothing beside it."""

from __future__ import annotations

from training.report import sections
from training.report.calibrated_answers import calibrated_answers
from training.report.decider import decider
from training.report.findings import Findings
from training.report.page import Page, page_html
from training.report.what_if.section import what_if

WITHIN_BUNDLE = "the one whose directory holds this page"


def report_html(findings: Findings, bundle_id: str | None = None) -> bytes:
    """Return the page; a page within a bundle cannot name it, since it is part of what names it."""
    about = findings.about
    facts = (
        ("data", about.data),
        ("digest of the data", about.data_digest[:16]),
        ("split", about.split),
        ("seed" if len(about.seeds) == 1 else "seeds", ", ".join(map(str, about.seeds))),
        ("products", f"{about.products:,}"),
        ("training queries", f"{about.train_queries:,}"),
        *((("review labels", f"{about.review_queries:,}"),) if about.review_queries else ()),
        ("calibration queries", f"{about.calibration_queries:,}"),
        ("test queries", f"{about.test_queries:,}"),
        ("made", about.created_at),
        *((("calibrated again from", about.parent),) if about.parent else ()),
        ("bundle", bundle_id or WITHIN_BUNDLE),
    )
    shown = [
        sections.results(findings),
        sections.promises(findings),
        what_if(findings),
        sections.pictures(findings),
        decider(findings),
        calibrated_answers(findings),
        sections.groups(findings),
        sections.errors(findings),
        sections.method(findings),
    ]
    return page_html(Page(about.title, facts, shown))
