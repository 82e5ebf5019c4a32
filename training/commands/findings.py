"""The findings that are kept beside the model of a bundle."""

from __future__ import annotations

from pathlib import Path

from models.bundle.load import REPORT_DIRECTORY
from models.errors import DataError
from training.report.findings import Findings, read_findings
from training.report.full import FINDINGS


def findings_of(bundle: Path) -> Findings:
    """Return the findings of the bundle in this directory; raise DataError when it has none."""
    file = bundle / REPORT_DIRECTORY / FINDINGS
    try:
        content = file.read_bytes()
    except OSError as error:
        raise DataError(
            f"cannot read {file}: {error.strerror}; bundles of an older release have no findings"
        ) from error
    return read_findings(content, str(file))
