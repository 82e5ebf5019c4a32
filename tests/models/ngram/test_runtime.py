from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from models.errors import BundleError
from models.ngram.features import text_buckets
from models.ngram.runtime import NgramEncoder


def encoder(dimension: int = 4) -> NgramEncoder:
    generator = np.random.default_rng(0)
    used = np.unique(np.concatenate([text_buckets("neff oven"), text_buckets("bosch fridge")]))
    table = generator.normal(size=(len(used), dimension)).astype(np.float32)
    residual = generator.normal(size=(dimension, dimension)).astype(np.float32)
    return NgramEncoder.from_parts(used, table, residual)


def test_embedding_worked_out_by_hand() -> None:
    """`ab` has four features; two are known, with vectors (3, 0) and (0, 4); W swaps the axes.

    x = norm((3, 4)) = (0.6, 0.8); x + W x = (1.4, 1.4); norm = (0.7071, 0.7071).
    """
    first, second = text_buckets("ab")[:2]
    used = np.sort(np.array([first, second]))
    rows = np.array([[3.0, 0.0], [0.0, 4.0]], dtype=np.float32)[np.argsort([first, second])]
    swap = np.array([[0.0, 1.0], [1.0, 0.0]], dtype=np.float32)

    embedding = NgramEncoder.from_parts(used, rows, swap).encode(["ab"])

    assert embedding[0].tolist() == pytest.approx([0.5**0.5, 0.5**0.5])


def test_rows_are_unit_vectors() -> None:
    lengths = np.linalg.norm(encoder().encode(["neff oven", "bosch", "oven bosch neff"]), axis=1)

    assert lengths == pytest.approx(np.ones(3), abs=1e-6)


def test_a_text_without_a_known_feature_is_zero_and_similar_to_nothing() -> None:
    assert not encoder().encode(["", "?!", "zzz"]).any()


def test_an_embedding_does_not_depend_on_its_neighbours() -> None:
    texts = ["neff oven", "", "bosch fridge", "oven"]

    together = encoder().encode(texts)
    alone = np.concatenate([encoder().encode([text]) for text in texts])

    assert together == pytest.approx(alone, abs=1e-6)


def test_saved_and_loaded_is_the_same(tmp_path: Path) -> None:
    saved = encoder()
    saved.save(tmp_path)

    loaded = NgramEncoder.load(tmp_path)

    texts = ["neff oven", "bosch", "zzz"]
    assert np.array_equal(saved.encode(texts), loaded.encode(texts))
    assert loaded.dimension == 4


@pytest.mark.parametrize("name", ["table.npy", "residual.npy"])
def test_parts_that_do_not_fit_are_refused_by_name(tmp_path: Path, name: str) -> None:
    encoder(4).save(tmp_path)
    np.save(tmp_path / name, np.zeros((2, 3), dtype=np.float32))

    with pytest.raises(BundleError, match=name):
        NgramEncoder.load(tmp_path)


def test_another_kind_of_encoder_is_refused(tmp_path: Path) -> None:
    encoder().save(tmp_path)
    (tmp_path / "config.json").write_text(json.dumps({"kind": "transformer", "format": 1}))

    with pytest.raises(BundleError, match=r"config\.json"):
        NgramEncoder.load(tmp_path)


def test_no_text_is_too_long() -> None:
    assert encoder().truncated(["neff oven", "neff oven " * 1_000]).tolist() == [False, False]
