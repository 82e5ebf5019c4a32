"""Balanced 2-means (NGAME, Dahiya et al., WSDM 2023)."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from models.encoder import FloatMatrix

Order = npt.NDArray[np.int64]
MINIMUM_GAIN = 1e-4
MAXIMUM_ROUNDS = 20


def balanced_clusters(
    vectors: FloatMatrix, largest: int, generator: np.random.Generator
) -> list[Order]:
    """Split unit vectors (n, d) recursively into halves until none is larger than `largest`.

    Returns the row numbers of each cluster; cluster sizes differ by at most one in each split.
    """
    waiting = [np.arange(len(vectors))]
    finished: list[Order] = []
    while waiting:
        rows = waiting.pop()
        if len(rows) <= largest:
            finished.append(rows)
            continue
        waiting.extend(_halves(vectors, rows, generator))
    return finished


def _halves(
    vectors: FloatMatrix, rows: Order, generator: np.random.Generator
) -> tuple[Order, Order]:
    members = vectors[rows]
    centroids = members[generator.choice(len(rows), size=2, replace=False)]
    middle, before = len(rows) // 2, -np.inf
    for _ in range(MAXIMUM_ROUNDS):
        similarity = members @ centroids.T
        order = np.argpartition(similarity[:, 1] - similarity[:, 0], middle)
        first, second = order[:middle], order[middle:]
        mean = (similarity[first, 0].sum() + similarity[second, 1].sum()) / len(rows)
        if mean - before < MINIMUM_GAIN:
            break
        before = mean
        centroids = np.stack([_centroid(members[first]), _centroid(members[second])])
    return rows[first], rows[second]


def _centroid(members: FloatMatrix) -> FloatMatrix:
    total = members.sum(axis=0)
    length = float(np.linalg.norm(total))
    unit: FloatMatrix = total / length if length > 0 else total
    return unit
