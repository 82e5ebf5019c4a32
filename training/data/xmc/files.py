"""The files of a folder in the raw-text format, by the names that releases give them."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from models.errors import DataError


@dataclass(frozen=True, slots=True)
class PartFiles:
    """The files of the training or of the test part; None is a file that may be left out."""

    queries: Path
    filters: Path | None
    matrix: Path | None


def label_file(folder: Path) -> Path:
    """Return the file of labels; raise DataError when there is none."""
    return _needed(folder, "lbl.json.gz", "lbl.json")


def train_files(folder: Path) -> PartFiles:
    """Return the files of the training part; raise DataError when it has no queries."""
    return _part(folder, "trn", "train")


def test_files(folder: Path) -> PartFiles:
    """Return the files of the test part; raise DataError when it has no queries."""
    return _part(folder, "tst", "test")


def _part(folder: Path, short: str, long: str) -> PartFiles:
    return PartFiles(
        queries=_needed(folder, f"{short}.json.gz", f"{short}.json"),
        filters=_one(folder, f"filter_labels_{long}.txt", f"{short}_filter_labels.txt"),
        matrix=_one(folder, f"{short}_X_Y.txt"),
    )


def _needed(folder: Path, *names: str) -> Path:
    path = _one(folder, *names)
    if path is None:
        raise DataError(
            f"{folder} has no {names[0]}: the raw-text format of the Extreme Classification "
            "Repository is trn.json.gz, tst.json.gz and lbl.json.gz in one folder"
        )
    return path


def _one(folder: Path, *names: str) -> Path | None:
    found = [folder / name for name in names if (folder / name).exists()]
    if len(found) > 1:
        raise DataError(f"{folder} has both {' and '.join(names)}; remove one of them")
    return found[0] if found else None
