"""Write a bundle so that a crash at any moment leaves the old one current and whole."""

from __future__ import annotations

import fcntl
import shutil
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path, PurePosixPath

from models.bundle.bundle import BundleContents, check_agreement
from models.bundle.catalogue_file import CATALOGUE_FILE, write_catalogue
from models.bundle.durable import sync, sync_tree
from models.bundle.load import (
    CALIBRATION_DIRECTORY,
    DECIDER_DIRECTORY,
    DRIFT_DIRECTORY,
    ENCODER_DIRECTORY,
    INDEX_DIRECTORY,
    MEMORY_DIRECTORY,
    REPORT_DIRECTORY,
    check_encoder,
    files_below,
    verify_files,
)
from models.bundle.manifest import (
    FORMAT_VERSION,
    MANIFEST_FILE,
    Manifest,
    bundle_id,
    configuration_digest,
    file_entry,
    read_manifest,
    software_versions,
)
from models.bundle.probes import PROBES_FILE, take_probes, write_probes
from models.bundle.reviews import write_reviewed
from models.bundle.store import set_current
from models.calibration.belonging import check_belongs
from models.calibration.files import save_calibration
from models.decider.files import save_decider
from models.drift.files import save_reference
from models.errors import BundleError, DataError
from models.loading import encoder_kind
from models.memory.files import save_memory

LOCK_FILE = ".publish.lock"
UNFINISHED = ".publishing"
_ITSELF = "the bundle to be published"


def publish(bundles_dir: Path, contents: BundleContents, *, created_at: datetime) -> Path:
    """Write the bundle, make it current and return its directory.

    Everything is written into a hidden directory and synced, then renamed; the pointer moves
    last. Publishers wait for each other, and each removes what a killed one left behind.
    Publishing the same contents with the same time again returns the same bundle. Raises
    BundleError when the parts do not belong together or writing fails (a full disk, say); what
    was current then stays current.
    """
    check_agreement(contents.runtime, _ITSELF)

    def write(directory: Path) -> bytes:
        return _write(directory, contents, created_at)

    return publish_written(bundles_dir, write, created_at=created_at)


def publish_written(
    bundles_dir: Path,
    write: Callable[[Path], bytes],
    *,
    created_at: datetime,
    make_current: bool = True,
) -> Path:
    """Publish what `write` puts into an empty directory, as `publish` does; return where it is.

    `write` returns the bytes of the manifest, which it has written too. Without `make_current` the
    bundle is there, but the one that was current stays so.
    """
    if created_at.tzinfo is None:
        raise DataError("created_at needs a time zone")
    try:
        bundles_dir.mkdir(parents=True, exist_ok=True)
        with _only_publisher(bundles_dir), _unfinished(bundles_dir) as unfinished:
            directory = _finish(unfinished, write(unfinished), created_at)
            if make_current:
                set_current(bundles_dir, directory.name)
    except OSError as error:
        raise BundleError(
            f"the bundle could not be written to {bundles_dir}: {error}."
            " What was current there still is; free the cause and publish again"
        ) from error
    return directory


def _write(directory: Path, contents: BundleContents, created_at: datetime) -> bytes:
    """Write all files and return the bytes of the manifest, which is written last."""
    for name in (ENCODER_DIRECTORY, INDEX_DIRECTORY, REPORT_DIRECTORY):
        (directory / name).mkdir()
    contents.runtime.encoder.save(directory / ENCODER_DIRECTORY)
    contents.runtime.index.save(directory / INDEX_DIRECTORY)
    if contents.runtime.memory is not None:
        (directory / MEMORY_DIRECTORY).mkdir()
        save_memory(contents.runtime.memory, directory / MEMORY_DIRECTORY)
    if contents.runtime.decider is not None:
        check_encoder(contents.runtime.decider, directory / ENCODER_DIRECTORY)
        (directory / DECIDER_DIRECTORY).mkdir()
        save_decider(contents.runtime.decider, directory / DECIDER_DIRECTORY)
    if contents.calibration is not None:
        check_belongs(contents.calibration, contents.promises, contents.no_match, _ITSELF)
        (directory / CALIBRATION_DIRECTORY).mkdir()
        save_calibration(contents.calibration, directory / CALIBRATION_DIRECTORY)
    if contents.reference is not None:
        (directory / DRIFT_DIRECTORY).mkdir()
        save_reference(contents.reference, directory / DRIFT_DIRECTORY)
    if contents.reviews is not None:
        write_reviewed(contents.reviewed, directory)
    write_catalogue(contents.runtime.catalogue, directory / CATALOGUE_FILE)
    write_probes(take_probes(contents.runtime), directory / PROBES_FILE)
    write_report(directory / REPORT_DIRECTORY, contents.report)
    manifest = _manifest(directory, contents, created_at).to_bytes()
    (directory / MANIFEST_FILE).write_bytes(manifest)
    return manifest


def write_report(directory: Path, report: Mapping[str, bytes]) -> None:
    """Write the files of a report into an existing directory; raise DataError for a path."""
    for name, content in report.items():
        if PurePosixPath(name).name != name:
            raise DataError(f"a report file needs a plain name, not {name!r}")
        (directory / name).write_bytes(content)


def _manifest(directory: Path, contents: BundleContents, created_at: datetime) -> Manifest:
    return Manifest(
        format_version=FORMAT_VERSION,
        created_at=created_at,
        created_by=software_versions(),
        parent=contents.parent,
        data_digest=contents.data_digest,
        configuration=dict(contents.configuration),
        configuration_digest=configuration_digest(contents.configuration),
        encoder=encoder_kind(directory / ENCODER_DIRECTORY),
        dimension=contents.runtime.encoder.dimension,
        products=len(contents.runtime.catalogue),
        index=contents.index_report,
        memory_index=contents.memory_report,
        decider=contents.decider_report,
        reviews=contents.reviews,
        promises=contents.promises,
        no_match=contents.no_match,
        files={name: file_entry(directory / name) for name in sorted(files_below(directory))},
    )


def _finish(unfinished: Path, manifest: bytes, created_at: datetime) -> Path:
    """Give the synced directory its name; an identical published bundle is kept instead."""
    final = unfinished.parent / bundle_id(manifest, created_at)
    if final.exists():
        verify_files(final, read_manifest(final))
        return final
    sync_tree(unfinished)
    unfinished.rename(final)
    sync(final.parent)
    return final


@contextmanager
def _only_publisher(bundles_dir: Path) -> Iterator[None]:
    """Hold a lock that the kernel lets go when this process dies."""
    with (bundles_dir / LOCK_FILE).open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


@contextmanager
def _unfinished(bundles_dir: Path) -> Iterator[Path]:
    """Yield an empty hidden directory and leave none behind; needs the publisher's lock."""
    directory = bundles_dir / UNFINISHED
    shutil.rmtree(directory, ignore_errors=True)
    directory.mkdir()
    try:
        yield directory
    finally:
        shutil.rmtree(directory, ignore_errors=True)
