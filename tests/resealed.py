"""Bundles whose files were exchanged by somebody who knows how hashes are written."""

from __future__ import annotations

import shutil
from pathlib import Path

from models.bundle.load import files_below
from models.bundle.manifest import MANIFEST_FILE, bundle_id, file_entry, read_manifest
from models.bundle.store import set_current


def exchange(directory: Path, name: str, other: Path) -> Path:
    """Take a file or folder from another bundle; return the new, current bundle."""
    target, source = directory / name, other / name
    if source.is_dir():
        shutil.rmtree(target)
        shutil.copytree(source, target)
    else:
        shutil.copyfile(source, target)
    return reseal(directory)


def reseal(directory: Path) -> Path:
    """Give the bundle the manifest and the name that fit its files; make it current."""
    manifest = read_manifest(directory)
    names = sorted(files_below(directory) - {MANIFEST_FILE})
    files = {name: file_entry(directory / name) for name in names}
    content = manifest.model_copy(update={"files": files}).to_bytes()
    (directory / MANIFEST_FILE).write_bytes(content)
    renamed = directory.rename(directory.parent / bundle_id(content, manifest.created_at))
    set_current(renamed.parent, renamed.name)
    return renamed
