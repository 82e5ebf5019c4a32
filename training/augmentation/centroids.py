"""Product vectors that lean towards the training queries of the product."""

from __future__ import annotations

import numpy as np
from scipy import sparse

from models.encoder import FloatMatrix
from training.data.dataset import Relevance


def with_centroids(
    products: FloatMatrix, queries: FloatMatrix, relevance: Relevance, weight: float
) -> FloatMatrix:
    """Return unit vectors norm((1 - weight) l + weight c) of the products (n, d).

    l is the product's vector, c the direction of the sum of its training queries' unit embeddings;
    `relevance` (m, n) says whose they are. A product without a query keeps its vector. Both the
    centroid and the result are unit vectors, so that scores stay cosines: a shorter vector would
    lower all scores of products with diverse queries.
    """
    sums: FloatMatrix = np.asarray(sparse.csr_array(relevance.T) @ queries, dtype=np.float32)
    centroids = _unit(sums)
    known = centroids.any(axis=1, keepdims=True)
    mixed = (1 - weight) * products + weight * centroids
    return np.where(known, _unit(mixed), products).astype(np.float32)


def _unit(vectors: FloatMatrix) -> FloatMatrix:
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    unit: FloatMatrix = np.divide(vectors, lengths, out=np.zeros_like(vectors), where=lengths > 0)
    return unit
