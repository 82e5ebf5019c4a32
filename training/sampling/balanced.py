"""Balanced 2-means (NGAME, Dahiya et al., WSDM 2023), in time O(n log n)."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from models.encoder import FloatMatrix

Order = npt.NDArray[np.int64]
Vector = npt.NDArray[np.float32]
MINIMUM_GAIN = 1e-4
MAXIMUM_ROUNDS = 20
SAMPLE = 4096
ROWS_AT_ONCE = 4096


def balanced_clusters(
    vectors: FloatMatrix, largest: int, generator: np.random.Generator
) -> list[Order]:
    """Split unit vectors (n, d) recursively into halves until none is larger than `largest`.

    Returns the row numbers of each cluster; cluster sizes differ by at most one in each split.
    Where more than `SAMPLE` rows are split, a sample of them finds the direction of the cut.
    """
    waiting = [np.arange(len(vectors))]
    finished: list[Order] = []
    while waiting:
        rows = waiting.pop()
        if len(rows) <= largest:
            finished.append(rows)
        elif len(rows) <= SAMPLE:
            # Read once: all further splits of these rows stay in the processor's cache.
            finished.extend(_small_clusters(vectors[rows], rows, largest, generator))
        else:
            sample = vectors[generator.choice(rows, size=SAMPLE, replace=False)]
            waiting.extend(_cut(rows, _projected(vectors, rows, _direction(sample, generator))))
    return finished


def _small_clusters(
    members: FloatMatrix, rows: Order, largest: int, generator: np.random.Generator
) -> list[Order]:
    if len(rows) <= largest:
        return [rows]
    first, second = _cut(np.arange(len(rows)), members @ _direction(members, generator))
    return [
        *_small_clusters(members[first], rows[first], largest, generator),
        *_small_clusters(members[second], rows[second], largest, generator),
    ]


def _direction(members: FloatMatrix, generator: np.random.Generator) -> Vector:
    """Return c2 - c1 of the two centroids: members are ordered by their product with it."""
    centroids = members[generator.choice(len(members), size=2, replace=False)]
    total, middle, before = members.sum(axis=0), len(members) // 2, -np.inf
    for _ in range(MAXIMUM_ROUNDS):
        direction: Vector = centroids[1] - centroids[0]
        is_first = np.zeros(len(members), dtype=np.float32)
        is_first[np.argpartition(members @ direction, middle)[:middle]] = 1
        first = is_first @ members
        sums = np.stack([first, total - first])
        mean = float((sums * centroids).sum()) / len(members)
        if mean - before < MINIMUM_GAIN:
            break
        before = mean
        lengths = np.linalg.norm(sums, axis=1, keepdims=True)
        centroids = sums / np.maximum(lengths, np.float32(1e-12))
    return direction


def _projected(vectors: FloatMatrix, rows: Order, direction: Vector) -> Vector:
    """Return the products of these rows with the direction, without a copy of all of them."""
    starts = range(0, len(rows), ROWS_AT_ONCE)
    return np.concatenate([vectors[rows[i : i + ROWS_AT_ONCE]] @ direction for i in starts])


def _cut(rows: Order, values: Vector) -> tuple[Order, Order]:
    middle = len(rows) // 2
    order = np.argpartition(values, middle)
    return rows[order[:middle]], rows[order[middle:]]
