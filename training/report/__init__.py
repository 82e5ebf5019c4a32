"""What people read about a model: tables, pictures, one page, and the model card."""

from training.report.files import report_files
from training.report.findings import About, Findings, read_findings
from training.report.full import full_report
from training.report.sources import sources_of

__all__ = [
    "About",
    "Findings",
    "full_report",
    "read_findings",
    "report_files",
    "sources_of",
]
