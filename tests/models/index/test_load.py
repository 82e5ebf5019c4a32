from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from models.errors import BundleError
from models.index.base import VectorIndex
from models.index.faiss_index import DESCRIPTION_FILE, INDEX_FILE, ROWS_FILE
from models.index.flat import FlatIndex
from models.index.load import load_index
from tests.models.index.test_approximate import VECTORS, graph, quantised


def flat() -> VectorIndex:
    index = FlatIndex.empty(16)
    index.add(np.arange(len(VECTORS)), VECTORS)
    return index


@pytest.mark.parametrize("build", [flat, quantised, graph])
def test_a_round_trip_keeps_everything(build: Callable[[], VectorIndex], tmp_path: Path) -> None:
    index = build()
    index.remove(np.array([3, 4]))
    index.save(tmp_path)
    loaded = load_index(tmp_path)
    found, again = index.search(VECTORS[:70], 10), loaded.search(VECTORS[:70], 10)
    assert found.rows.tolist() == again.rows.tolist()
    assert found.scores.tolist() == again.scores.tolist()
    assert loaded.rows.tolist() == index.rows.tolist()
    loaded.add(np.array([3]), VECTORS[3:4])
    assert loaded.search(VECTORS[3:4], 1).rows.tolist() == [[3]]


def test_the_search_parameters_are_kept(tmp_path: Path) -> None:
    quantised().save(tmp_path)
    description = json.loads((tmp_path / DESCRIPTION_FILE).read_text())
    assert description["parameters"] == {"k_factor": 20.0}


@pytest.mark.parametrize("name", [DESCRIPTION_FILE, INDEX_FILE, ROWS_FILE])
@pytest.mark.parametrize("content", [None, b"", b"damaged"])
def test_a_bad_file_is_named(name: str, content: bytes | None, tmp_path: Path) -> None:
    flat().save(tmp_path)
    if content is None:
        (tmp_path / name).unlink()
    else:
        (tmp_path / name).write_bytes(content)
    with pytest.raises(BundleError, match=name):
        load_index(tmp_path)


@pytest.mark.parametrize(
    ("field", "value"), [("kind", "unheard-of"), ("products", 1), ("dimension", 8)]
)
def test_a_description_that_disagrees_is_refused(field: str, value: object, tmp_path: Path) -> None:
    flat().save(tmp_path)
    path = tmp_path / DESCRIPTION_FILE
    path.write_text(json.dumps(json.loads(path.read_text()) | {field: value}))
    with pytest.raises(BundleError, match=DESCRIPTION_FILE):
        load_index(tmp_path)
