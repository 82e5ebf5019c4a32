from __future__ import annotations

import json
from contextlib import suppress
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import xgboost
from hypothesis import given
from hypothesis import strategies as st

from models.catalogue import Product
from models.decider.decider import Decider
from models.decider.files import (
    DECIDER_FILE,
    KNOWN_FILE,
    LEXICON_FILE,
    TREES_FILE,
    encoder_digest,
    load_decider,
    save_decider,
)
from models.decider.trees import Trees
from models.errors import BundleError
from tests.models.decider.catalogue import PRODUCTS, found, side
from tests.models.decider.deciders import decider, random_trees

FILES = (DECIDER_FILE, KNOWN_FILE, LEXICON_FILE, TREES_FILE)
SAVED = decider(side(), candidates=3, trees=random_trees(0.7, 0.2))


@pytest.fixture
def saved(tmp_path: Path) -> Path:
    directory = tmp_path / "decider"
    directory.mkdir()
    save_decider(SAVED, directory)
    return directory


def answer(by: Decider) -> list[list[float]]:
    asked = np.array([[0.6, 0.8]], dtype=np.float32)
    nearest = found([[0, 1, 2, 3]], [[0.9, 0.8, 0.7, 0.6]])
    text, attributes = "Neff K8524X8 64GB", {"brand": "neff", "price": "400"}
    judged = by.decide([text], [attributes], asked, nearest)
    return [*judged.deciding.tolist(), *judged.rows.tolist()]


def test_a_loaded_decider_answers_as_the_saved_one(saved: Path) -> None:
    loaded = load_decider(saved, PRODUCTS)
    assert answer(loaded) == answer(SAVED)
    assert (loaded.candidates, loaded.encoder_digest) == (3, SAVED.encoder_digest)
    assert (loaded.trees.slope, loaded.trees.shift) == (0.7, 0.2)


def test_the_files_are_these(saved: Path) -> None:
    assert sorted(path.name for path in saved.iterdir()) == sorted(FILES)


@pytest.mark.parametrize("name", FILES)
def test_a_missing_file_is_refused_by_name(name: str, saved: Path) -> None:
    (saved / name).unlink()
    with pytest.raises(BundleError, match=str(saved / name)):
        load_decider(saved, PRODUCTS)


@pytest.mark.parametrize("content", [b"", b"?", b"[]", b"PK\x03\x04"])
@pytest.mark.parametrize("name", FILES)
def test_what_cannot_be_read_is_refused_by_name(name: str, content: bytes, saved: Path) -> None:
    (saved / name).write_bytes(content)
    with pytest.raises(BundleError, match=str(saved / name)):
        load_decider(saved, PRODUCTS)


@given(st.sampled_from([KNOWN_FILE, LEXICON_FILE]), st.floats(0, 0.99))
def test_a_part_of_a_file_is_refused_by_name(
    tmp_path_factory: pytest.TempPathFactory, name: str, share: float
) -> None:
    directory = tmp_path_factory.mktemp("decider")
    save_decider(SAVED, directory)
    content = (directory / name).read_bytes()
    (directory / name).write_bytes(content[: int(share * len(content))])
    with pytest.raises(BundleError, match=str(directory / name)):
        load_decider(directory, PRODUCTS)


@given(st.sampled_from([KNOWN_FILE, LEXICON_FILE]), st.floats(0, 0.999), st.integers(1, 255))
def test_a_changed_byte_is_refused_or_harmless(
    tmp_path_factory: pytest.TempPathFactory, name: str, place: float, change: int
) -> None:
    """The manifest refuses it first; no other error than BundleError comes of it either."""
    directory = tmp_path_factory.mktemp("decider")
    save_decider(SAVED, directory)
    content = bytearray((directory / name).read_bytes())
    content[int(place * len(content))] ^= change
    (directory / name).write_bytes(content)
    with suppress(BundleError):
        assert answer(load_decider(directory, PRODUCTS))


@pytest.mark.parametrize(
    ("field", "value", "message"),
    [
        ("candidates", 0, "candidates must be at least 1"),
        ("candidates", "many", "cannot be read"),
        ("candidates", None, "cannot be read"),
        ("slope", -1, "must be above 0"),
        ("slope", "x", "cannot be read"),
        ("shift", float("nan"), "must be above 0 and their shift a number"),
    ],
)
def test_fields_that_cannot_be_used_are_refused(
    field: str, value: Any, message: str, saved: Path
) -> None:
    path = saved / DECIDER_FILE
    path.write_text(json.dumps({**json.loads(path.read_text()), field: value}))
    with pytest.raises(BundleError, match=f"{path}: .*{message}"):
        load_decider(saved, PRODUCTS)


@pytest.mark.parametrize(
    "field", ["candidates", "slope", "shift", "unknown_weight", "encoder_digest"]
)
def test_a_missing_field_is_refused(field: str, saved: Path) -> None:
    path = saved / DECIDER_FILE
    fields = json.loads(path.read_text())
    del fields[field]
    path.write_text(json.dumps(fields))
    with pytest.raises(BundleError, match=f"{path}: .*{field}"):
        load_decider(saved, PRODUCTS)


def exchange(path: Path, **arrays: Any) -> None:
    """Write these arrays instead of those of the same names."""
    with np.load(path) as file:
        kept = dict(file)
    np.savez(path, **{**kept, **arrays})


@pytest.mark.parametrize(
    ("name", "arrays", "message"),
    [
        (LEXICON_FILE, {"hashes": np.array([2, 1])}, "do not ascend, or lack weights"),
        (LEXICON_FILE, {"hashes": np.array([1, 2])}, "do not ascend, or lack weights"),
        (LEXICON_FILE, {"weights": np.array(["a"])}, "weights are <U1, not float32"),
        (KNOWN_FILE, {"offsets": np.array([0, 2, 3])}, "does not fit a catalogue of 4 products"),
        (KNOWN_FILE, {"offsets": np.array([0, 3, 2, 3, 3, 3])}, "does not fit a catalogue"),
        (KNOWN_FILE, {"offsets": np.array([1, 2, 2, 3, 3, 3])}, "does not fit a catalogue"),
        (KNOWN_FILE, {"offsets": np.array([0, 2, 2, 2, 2, 2])}, "not all of a product"),
        (KNOWN_FILE, {"offsets": np.array([0, 2, 2, 2, 2, 3])}, "not all of a product"),
        (KNOWN_FILE, {"counts": np.zeros(2, np.int32)}, "does not fit a catalogue"),
        (KNOWN_FILE, {"scales": np.zeros(1, np.float32)}, "lack scales"),
        (KNOWN_FILE, {"vectors": np.zeros((3, 2), np.float16)}, "vectors are float16, not int8"),
    ],
    ids=[
        "fall",
        "fewer",
        "words",
        "other products",
        "falls",
        "start",
        "too few",
        "of no product",
        "counts",
        "scales",
        "kind",
    ],
)
def test_arrays_that_do_not_fit_are_refused_by_name(
    name: str, arrays: dict[str, Any], message: str, saved: Path
) -> None:
    exchange(saved / name, **arrays)
    with pytest.raises(BundleError, match=f"{saved / name}: .*{message}"):
        load_decider(saved, PRODUCTS)


def test_another_catalogue_is_refused(saved: Path) -> None:
    with pytest.raises(BundleError, match="does not fit a catalogue of 5 products"):
        load_decider(saved, (*PRODUCTS, Product("e", "one more")))


@pytest.mark.parametrize("features", [["score", "colour"], None], ids=["others", "unnamed"])
def test_trees_of_other_features_are_refused(features: list[str] | None, saved: Path) -> None:
    matrix = xgboost.DMatrix(np.eye(2), [0, 1], feature_names=features)
    Trees(xgboost.train({}, matrix, 1), 1, 0).save(saved / TREES_FILE)
    with pytest.raises(
        BundleError, match=f"{saved}.*fitted on other signals.*fit the decider again"
    ):
        load_decider(saved, PRODUCTS)


def test_the_digest_of_an_encoder_is_that_of_its_files_and_their_names(tmp_path: Path) -> None:
    (tmp_path / "inner").mkdir()
    (tmp_path / "inner/table").write_bytes(b"1")
    (tmp_path / "config").write_bytes(b"2")
    before = encoder_digest(tmp_path)
    assert len(before) == 64

    (tmp_path / "config").write_bytes(b"3")
    changed = encoder_digest(tmp_path)
    (tmp_path / "config").write_bytes(b"2")
    assert encoder_digest(tmp_path) == before
    (tmp_path / "config").rename(tmp_path / "settings")

    assert len({before, changed, encoder_digest(tmp_path)}) == 3
