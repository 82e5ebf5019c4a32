"""A bundle made from another by new thresholds alone: the model is its parent's, byte for byte."""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path, PurePosixPath
from typing import Any

from models.bundle.bundle import Bundle
from models.bundle.load import CALIBRATION_DIRECTORY, DRIFT_DIRECTORY, REPORT_DIRECTORY, files_below
from models.bundle.manifest import (
    FORMAT_VERSION,
    MANIFEST_FILE,
    Manifest,
    configuration_digest,
    file_entry,
    software_versions,
)
from models.bundle.publish import publish_written, write_report
from models.calibration.belonging import check_belongs
from models.calibration.files import save_calibration
from models.calibration.record import CalibrationRecord
from models.drift.files import save_reference
from models.drift.reference import TrafficReference
from models.errors import BundleError
from models.thresholds import Promise


@dataclass(frozen=True, slots=True)
class Recalibration:
    """What a child has of its own. Without a `reference` of its traffic it has its parent's."""

    promises: tuple[Promise, ...]
    no_match: Promise | None
    calibration: CalibrationRecord
    configuration: Mapping[str, Any]
    reference: TrafficReference | None = None
    report: Mapping[str, bytes] = field(default_factory=dict)


def publish_child(
    bundles_dir: Path,
    parent: Bundle,
    own: Recalibration,
    *,
    created_at: datetime,
    make_current: bool = True,
) -> Path:
    """Write the child of a loaded bundle as `publish` writes one; return its directory.

    Encoder, index, memory, decider, catalogue and probes are copied; their digests are those of the
    parent's manifest, or BundleError is raised.
    """

    def write(directory: Path) -> bytes:
        for name in _inherited(parent, own):
            _copy(parent, name, directory)
        _write_own(directory, own)
        manifest = _manifest(directory, parent, own, created_at).to_bytes()
        (directory / MANIFEST_FILE).write_bytes(manifest)
        return manifest

    return publish_written(bundles_dir, write, created_at=created_at, make_current=make_current)


def _inherited(parent: Bundle, own: Recalibration) -> list[str]:
    replaced = {REPORT_DIRECTORY, CALIBRATION_DIRECTORY}
    if own.reference is not None:
        replaced.add(DRIFT_DIRECTORY)
    names = parent.manifest.files
    return sorted(name for name in names if PurePosixPath(name).parts[0] not in replaced)


def _copy(parent: Bundle, name: str, directory: Path) -> None:
    copied = directory / name
    copied.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(parent.directory / name, copied)
    if file_entry(copied) != parent.manifest.files[name]:
        raise BundleError(
            f"{parent.directory / name}: has changed since it was loaded; restore the bundle and"
            " calibrate again"
        )


def _write_own(directory: Path, own: Recalibration) -> None:
    check_belongs(own.calibration, own.promises, own.no_match, "the bundle to be published")
    (directory / CALIBRATION_DIRECTORY).mkdir()
    save_calibration(own.calibration, directory / CALIBRATION_DIRECTORY)
    if own.reference is not None:
        (directory / DRIFT_DIRECTORY).mkdir()
        save_reference(own.reference, directory / DRIFT_DIRECTORY)
    (directory / REPORT_DIRECTORY).mkdir()
    write_report(directory / REPORT_DIRECTORY, own.report)


def _manifest(
    directory: Path, parent: Bundle, own: Recalibration, created_at: datetime
) -> Manifest:
    return parent.manifest.model_copy(
        update={
            "format_version": FORMAT_VERSION,
            "created_at": created_at,
            "created_by": software_versions(),
            "parent": parent.bundle_id,
            "configuration": dict(own.configuration),
            "configuration_digest": configuration_digest(own.configuration),
            "promises": own.promises,
            "no_match": own.no_match,
            "files": {
                name: file_entry(directory / name) for name in sorted(files_below(directory))
            },
        }
    )
