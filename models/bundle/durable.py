"""Writes that survive a crash: what was synced is there, what was not is not half there."""

from __future__ import annotations

import os
from pathlib import Path


def sync_tree(directory: Path) -> None:
    """Force every file and directory below, and the directory itself, to the disk."""
    for path in sorted(directory.rglob("*"), reverse=True):
        sync(path)
    sync(directory)


def sync(path: Path) -> None:
    """Force one file's content, or one directory's entries, to the disk."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def replace_text(path: Path, text: str) -> None:
    """Replace a small file so that a reader sees the old text or the new, never a mixture."""
    temporary = path.with_name(f".{path.name}.new")
    temporary.write_text(text)
    sync(temporary)
    temporary.replace(path)
    sync(path.parent)
