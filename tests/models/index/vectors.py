"""Seeded unit vectors for the tests of the indexes."""

from __future__ import annotations

import numpy as np

from models.encoder import FloatMatrix


def unit_vectors(count: int, dimension: int = 16, seed: int = 0) -> FloatMatrix:
    drawn = np.random.default_rng(seed).standard_normal((count, dimension)).astype(np.float32)
    result: FloatMatrix = drawn / np.linalg.norm(drawn, axis=1, keepdims=True)
    return result


def near(vectors: FloatMatrix, noise: float = 0.1, seed: int = 1) -> FloatMatrix:
    moved = vectors + noise * unit_vectors(len(vectors), vectors.shape[1], seed)
    result: FloatMatrix = moved / np.linalg.norm(moved, axis=1, keepdims=True)
    return result.astype(np.float32)
