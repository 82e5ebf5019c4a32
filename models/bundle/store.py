"""A directory of bundles and the pointer to the current one."""

from __future__ import annotations

from pathlib import Path

from models.bundle.durable import replace_text
from models.bundle.manifest import BUNDLE_ID
from models.errors import BundleError

POINTER_FILE = "current"


def list_bundles(bundles_dir: Path) -> tuple[str, ...]:
    """Return the ids of the published bundles, oldest first."""
    if not bundles_dir.is_dir():
        return ()
    names = (path.name for path in bundles_dir.iterdir() if path.is_dir())
    return tuple(sorted(name for name in names if BUNDLE_ID.fullmatch(name)))


def current_bundle(bundles_dir: Path) -> Path:
    """Return the directory of the current bundle.

    Raises BundleError when nothing was published here or the pointer names no bundle.
    """
    pointer = bundles_dir / POINTER_FILE
    try:
        bundle_id = pointer.read_text().strip()
    except FileNotFoundError as error:
        raise BundleError(
            f"{pointer}: there is no current bundle; train one with 'alc-train'"
        ) from error
    except (OSError, UnicodeDecodeError) as error:
        raise BundleError(f"{pointer}: cannot be read: {error}") from error
    return _existing(bundles_dir, bundle_id, named_by=pointer)


def set_current(bundles_dir: Path, bundle_id: str) -> None:
    """Point at a published bundle; raise BundleError when there is none of this id."""
    _existing(bundles_dir, bundle_id, named_by=bundles_dir)
    replace_text(bundles_dir / POINTER_FILE, bundle_id + "\n")


def _existing(bundles_dir: Path, bundle_id: str, *, named_by: Path) -> Path:
    if not BUNDLE_ID.fullmatch(bundle_id):
        raise BundleError(f"{named_by}: {bundle_id!r} is not the id of a bundle")
    directory = bundles_dir / bundle_id
    if not directory.is_dir():
        raise BundleError(f"{named_by}: there is no bundle {bundle_id} in {bundles_dir}")
    return directory
