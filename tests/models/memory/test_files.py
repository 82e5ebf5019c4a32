from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from models.errors import BundleError
from models.memory.files import load_memory, save_memory
from models.memory.settings import MemorySettings
from tests.models.memory.memories import PRODUCTS, flat, random_memory, unit_vectors

SETTINGS = MemorySettings("joint", weight=0.4, neighbours=7, temperature=0.1)


@pytest.fixture
def saved(tmp_path: Path) -> Path:
    directory = tmp_path / "memory"
    directory.mkdir()
    save_memory(random_memory(SETTINGS), directory)
    return directory


def test_a_loaded_memory_answers_as_the_saved_one(saved: Path) -> None:
    catalogue, asked = flat(unit_vectors(PRODUCTS, 7)), unit_vectors(20, 8)

    loaded = load_memory(saved, PRODUCTS)

    expected = random_memory(SETTINGS).search(catalogue, asked, 5)
    found = loaded.search(catalogue, asked, 5)
    assert loaded.settings == SETTINGS
    assert found.rows.tolist() == expected.rows.tolist()
    assert found.scores.tolist() == expected.scores.tolist()


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("offsets.npy", np.array([0.5]), "not a list of whole numbers"),
        ("offsets.npy", np.array([1, 2]), "does not rise from 0"),
        ("offsets.npy", np.array([0, 2, 1]), "does not rise from 0"),
        ("offsets.npy", np.array([0, 1]), "has 2 offsets"),
        ("products.npy", np.array([PRODUCTS]), f"names products beyond the {PRODUCTS}"),
        ("products.npy", np.array([-1]), f"names products beyond the {PRODUCTS}"),
    ],
    ids=["kind", "start", "falls", "too few", "too high", "negative"],
)
def test_arrays_that_do_not_fit_are_refused(
    name: str, content: np.ndarray[tuple[int], np.dtype[np.int64]], message: str, saved: Path
) -> None:
    np.save(saved / name, content)
    with pytest.raises(BundleError, match=message):
        load_memory(saved, PRODUCTS)


@pytest.mark.parametrize("name", ["memory.json", "offsets.npy", "products.npy"])
def test_what_cannot_be_read_is_refused_by_name(name: str, saved: Path) -> None:
    (saved / name).write_text("?")
    with pytest.raises(BundleError, match=str(saved / name)):
        load_memory(saved, PRODUCTS)


def test_settings_of_another_release_are_refused(saved: Path) -> None:
    (saved / "memory.json").write_text(json.dumps({"formula": "mean"}))
    with pytest.raises(BundleError, match="formula must be one of vote, joint"):
        load_memory(saved, PRODUCTS)
