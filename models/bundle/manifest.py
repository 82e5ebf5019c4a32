"""The manifest: what a bundle holds, where it came from, and the digest that names it."""

from __future__ import annotations

import hashlib
import json
import platform
import re
from collections.abc import Mapping
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from models.bundle.reviews import ReviewReport
from models.decider.report import DeciderReport
from models.errors import BundleError, ConfigurationError
from models.index.build import IndexReport
from models.thresholds import Promise

FORMAT_VERSION = 3
MANIFEST_FILE = "manifest.json"
BUNDLE_ID = re.compile(r"\d{8}T\d{6}Z-[0-9a-f]{12}")

Sha256 = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]


class FileEntry(BaseModel):
    """What the bytes of one file must be."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    sha256: Sha256
    bytes: int


class Manifest(BaseModel):
    """Everything that is said about a bundle; its own bytes give the bundle's id.

    `memory_index` is how the index of the remembered training queries was chosen: its "products"
    are queries. None where nothing is remembered, or the bundle is older than the field.
    `reviews` is what became of the review labels that it was trained with, where there were any.
    `no_match` is the promise of the answer "no product is right", None where it is not said.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    format_version: int
    created_at: datetime
    created_by: dict[str, str]
    parent: str | None
    data_digest: str
    configuration: dict[str, Any]
    configuration_digest: Sha256
    encoder: str
    dimension: int
    products: int
    index: IndexReport
    memory_index: IndexReport | None = None
    decider: DeciderReport | None = None
    reviews: ReviewReport | None = None
    promises: tuple[Promise, ...]
    no_match: Promise | None = None
    files: dict[str, FileEntry]

    def to_bytes(self) -> bytes:
        """Return the text that is written to `manifest.json`."""
        return self.model_dump_json(indent=2).encode() + b"\n"


def bundle_id(manifest: bytes, created_at: datetime) -> str:
    """Return the id of the bundle with these manifest bytes: its time and a digest of them."""
    stamp = created_at.astimezone(UTC).strftime("%Y%m%dT%H%M%SZ")
    return f"{stamp}-{hashlib.sha256(manifest).hexdigest()[:12]}"


def read_manifest(directory: Path) -> Manifest:
    """Return the manifest of the bundle in this directory.

    Raises BundleError when it is missing or damaged, was written by another version, or belongs
    to another bundle: the directory's name must be the id that its bytes give.
    """
    path = directory / MANIFEST_FILE
    try:
        content = path.read_bytes()
        _check_version(path, content)
        manifest = Manifest.model_validate_json(content)
    except (OSError, ValidationError) as error:
        raise BundleError(f"{path}: cannot be read: {error}") from error
    expected = bundle_id(content, manifest.created_at)
    if directory.resolve().name != expected:
        raise BundleError(
            f"{path}: belongs to bundle {expected}, not to {directory.resolve().name};"
            " it was changed or copied from another bundle"
        )
    return manifest


def _check_version(path: Path, content: bytes) -> None:
    try:
        found = json.loads(content)["format_version"]
    except (ValueError, KeyError, TypeError) as error:
        raise BundleError(f"{path}: is not a manifest: {error!r}") from error
    if found != FORMAT_VERSION:
        raise BundleError(
            f"{path}: has format version {found}; this software reads {FORMAT_VERSION}."
            " Train and publish it again with this release, or serve it with the release that"
            " made it"
        )


def file_entry(path: Path) -> FileEntry:
    """Return size and digest of a file, read in pieces."""
    with path.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    return FileEntry(sha256=digest, bytes=path.stat().st_size)


def configuration_digest(configuration: Mapping[str, Any]) -> str:
    """Return the SHA-256 of the configuration, independent of the order of its keys."""
    try:
        canonical = json.dumps(
            configuration, sort_keys=True, separators=(",", ":"), allow_nan=False
        )
    except (TypeError, ValueError) as error:
        raise ConfigurationError(f"the configuration cannot be written as JSON: {error}") from error
    return hashlib.sha256(canonical.encode()).hexdigest()


def software_versions() -> dict[str, str]:
    """Return the versions that decide what a bundle's files mean."""
    packages = ("alc", "faiss-cpu", "numpy", "xgboost-cpu")
    return {"python": platform.python_version(), **{name: version(name) for name in packages}}
