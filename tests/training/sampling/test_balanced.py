from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from models.encoder import FloatMatrix
from training.sampling.balanced import SAMPLE, Order, balanced_clusters


def unit_vectors(count: int, seed: int) -> FloatMatrix:
    vectors = np.random.default_rng(seed).normal(size=(count, 4)).astype(np.float32)
    unit: FloatMatrix = vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
    return unit


@given(count=st.integers(1, 200), largest=st.integers(1, 40), seed=st.integers(0, 5))
def test_clusters_cover_every_row_once_and_are_balanced(
    count: int, largest: int, seed: int
) -> None:
    clusters = balanced_clusters(unit_vectors(count, seed), largest, np.random.default_rng(seed))

    assert sorted(np.concatenate(clusters).tolist()) == list(range(count))
    assert max(map(len, clusters)) <= largest
    assert max(map(len, clusters)) <= 2 * min(map(len, clusters))


def test_clusters_find_the_groups_that_are_there() -> None:
    generator = np.random.default_rng(0)
    vectors, group = four_groups(16, generator)

    clusters = balanced_clusters(vectors, 16, generator)

    assert sorted(sorted(set(group[rows])) for rows in clusters) == [[0], [1], [2], [3]]


def four_groups(size: int, generator: np.random.Generator) -> tuple[FloatMatrix, Order]:
    """Tight groups of this size, each around its own axis, and the group of each row."""
    group = np.repeat(np.arange(4), size)
    noise = generator.normal(scale=0.01, size=(4 * size, 4)).astype(np.float32)
    vectors: FloatMatrix = np.eye(4, dtype=np.float32)[group] + noise
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    return vectors, group


def test_a_sample_finds_the_groups_among_many_rows() -> None:
    """Twice as many rows as are looked at for a cut; the cuts themselves are exact."""
    generator = np.random.default_rng(0)
    vectors, group = four_groups(SAMPLE // 2, generator)

    clusters = balanced_clusters(vectors, SAMPLE // 2, generator)

    assert sorted(np.concatenate(clusters).tolist()) == list(range(2 * SAMPLE))
    assert [len(rows) for rows in clusters] == [SAMPLE // 2] * 4
    assert sorted(sorted(set(group[rows])) for rows in clusters) == [[0], [1], [2], [3]]


def test_identical_vectors_still_split() -> None:
    clusters = balanced_clusters(
        np.full((10, 4), 0.5, dtype=np.float32), 3, np.random.default_rng(0)
    )

    assert max(map(len, clusters)) <= 3
