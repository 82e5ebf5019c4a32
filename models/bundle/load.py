"""Read a bundle, believing nothing that its manifest does not vouch for."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from models.bundle.bundle import Bundle, check_agreement
from models.bundle.catalogue_file import CATALOGUE_FILE, read_catalogue
from models.bundle.manifest import MANIFEST_FILE, Manifest, file_entry, read_manifest
from models.bundle.probes import PROBES_FILE, read_probes
from models.calibration.belonging import check_belongs
from models.calibration.files import load_calibration
from models.calibration.record import CalibrationRecord
from models.catalogue import Catalogue
from models.decider.decider import Decider
from models.decider.files import encoder_digest, load_decider
from models.drift.files import load_reference
from models.drift.reference import TrafficReference
from models.errors import BundleError
from models.index.load import load_index
from models.loading import ENCODER_LOADERS, EncoderLoader, load_encoder
from models.memory.files import load_memory
from models.memory.memory import QueryMemory
from models.runtime import Runtime

ENCODER_DIRECTORY = "encoder"
INDEX_DIRECTORY = "index"
MEMORY_DIRECTORY = "memory"
DECIDER_DIRECTORY = "decider"
DRIFT_DIRECTORY = "drift"
REPORT_DIRECTORY = "report"
CALIBRATION_DIRECTORY = "calibration"


def load_bundle(
    directory: Path, encoder_loaders: Mapping[str, EncoderLoader] = ENCODER_LOADERS
) -> Bundle:
    """Return the verified bundle in this directory.

    Raises BundleError, naming the file, when one is missing, unexpected or changed, when the
    manifest is another bundle's, or when encoder, index and catalogue do not belong together.
    """
    manifest = read_manifest(directory)
    verify_files(directory, manifest)
    catalogue = read_catalogue(directory / CATALOGUE_FILE)
    runtime = Runtime(
        encoder=load_encoder(directory / ENCODER_DIRECTORY, encoder_loaders),
        index=load_index(directory / INDEX_DIRECTORY),
        catalogue=catalogue,
        memory=_memory(directory / MEMORY_DIRECTORY, len(catalogue)),
        decider=_decider(directory, catalogue),
    )
    check_agreement(runtime, directory)
    probes = read_probes(directory / PROBES_FILE, len(runtime.catalogue))
    calibration = _calibration(directory / CALIBRATION_DIRECTORY, manifest)
    reference = _reference(directory / DRIFT_DIRECTORY)
    name = directory.resolve().name
    return Bundle(name, directory, runtime, manifest, probes, calibration, reference)


def _memory(directory: Path, products: int) -> QueryMemory | None:
    return load_memory(directory, products) if directory.is_dir() else None


def _calibration(directory: Path, manifest: Manifest) -> CalibrationRecord | None:
    if not directory.is_dir():
        return None
    record = load_calibration(directory)
    check_belongs(record, manifest.promises, manifest.no_match, directory)
    return record


def _reference(directory: Path) -> TrafficReference | None:
    return load_reference(directory) if directory.is_dir() else None


def _decider(directory: Path, catalogue: Catalogue) -> Decider | None:
    if not (directory / DECIDER_DIRECTORY).is_dir():
        return None
    decider = load_decider(directory / DECIDER_DIRECTORY, catalogue.products)
    check_encoder(decider, directory / ENCODER_DIRECTORY)
    return decider


def check_encoder(decider: Decider, encoder: Path) -> None:
    """Raise BundleError unless the decider learnt from the scores of this saved encoder."""
    found = encoder_digest(encoder)
    if decider.encoder_digest != found:
        raise BundleError(
            f"{encoder}: is not the encoder that the decider was fitted with (digest {found[:12]}"
            f" instead of {decider.encoder_digest[:12]}); fit the decider again"
        )


def verify_files(directory: Path, manifest: Manifest) -> None:
    """Raise BundleError unless the directory holds the manifest's files and nothing else."""
    present = files_below(directory) - {MANIFEST_FILE}
    for name in sorted(manifest.files.keys() - present):
        raise BundleError(f"{directory / name}: is missing from the bundle")
    for name in sorted(present - manifest.files.keys()):
        raise BundleError(f"{directory / name}: is not part of the bundle")
    for name, expected in sorted(manifest.files.items()):
        if file_entry(directory / name) != expected:
            raise BundleError(
                f"{directory / name}: does not match the manifest; it is damaged or comes from"
                " another bundle. Restore it or publish the bundle again"
            )


def files_below(directory: Path) -> set[str]:
    """Return the relative paths of all files; raise BundleError on anything but plain files."""
    found: set[str] = set()
    for path in directory.rglob("*"):
        if path.is_symlink() or not (path.is_file() or path.is_dir()):
            raise BundleError(f"{path}: a bundle holds plain files only")
        if path.is_file():
            found.add(path.relative_to(directory).as_posix())
    return found
