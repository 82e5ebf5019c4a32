from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from models.drift.files import NGRAMS_FILE, REFERENCE_FILE, load_reference, save_reference
from models.errors import BundleError
from tests.models.drift.references import small_reference


@pytest.fixture
def directory(tmp_path: Path) -> Path:
    save_reference(small_reference("größe m", "東京都 10"), tmp_path)
    return tmp_path


def test_it_comes_back_as_it_was_saved(directory: Path) -> None:
    loaded, saved = load_reference(directory), small_reference("größe m", "東京都 10")
    for name in ("edges", "score_counts", "known", "unseen_ngrams", "truncated"):
        assert getattr(loaded, name) == getattr(saved, name)


def test_no_ngram_at_all_comes_back_as_none(tmp_path: Path) -> None:
    save_reference(small_reference(), tmp_path)
    assert load_reference(tmp_path).known == frozenset()


def test_the_same_reference_is_the_same_bytes(directory: Path, tmp_path: Path) -> None:
    other = tmp_path / "other"
    other.mkdir()
    save_reference(small_reference("東京都 10", "größe m"), other)
    for name in (NGRAMS_FILE, REFERENCE_FILE):
        assert (other / name).read_bytes() == (directory / name).read_bytes()


@pytest.mark.parametrize("name", [NGRAMS_FILE, REFERENCE_FILE])
def test_a_file_that_cannot_be_read_is_named(directory: Path, name: str) -> None:
    (directory / name).write_bytes(b"\xff")
    with pytest.raises(BundleError, match=f"{name}: cannot be read"):
        load_reference(directory)
    (directory / name).unlink()
    with pytest.raises(BundleError, match=f"{name}: cannot be read"):
        load_reference(directory)


@pytest.mark.parametrize(
    ("field", "value", "message"),
    [
        ("edges", [0.9, 0.1, 0.5], "must ascend"),
        ("edges", None, "cannot be read"),
        ("score_counts", [1, 2], "make 4 bins"),
        ("truncated", "much", "cannot be read"),
    ],
)
def test_numbers_that_cannot_be_are_refused(
    directory: Path, field: str, value: Any, message: str
) -> None:
    path = directory / REFERENCE_FILE
    path.write_text(json.dumps(json.loads(path.read_text()) | {field: value}))
    with pytest.raises(BundleError, match=rf"{REFERENCE_FILE}: .*{message}"):
        load_reference(directory)
