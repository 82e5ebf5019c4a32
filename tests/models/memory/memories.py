"""Memories over random unit vectors."""

from __future__ import annotations

import numpy as np

from models.encoder import FloatMatrix
from models.index.flat import FlatIndex
from models.memory.memory import QueryMemory
from models.memory.settings import MemorySettings

PRODUCTS, QUERIES, DIMENSION = 30, 50, 8


def unit_vectors(count: int, seed: int) -> FloatMatrix:
    vectors = np.random.default_rng(seed).standard_normal((count, DIMENSION))
    unit: FloatMatrix = (vectors / np.linalg.norm(vectors, axis=1, keepdims=True)).astype(
        np.float32
    )
    return unit


def flat(vectors: FloatMatrix) -> FlatIndex:
    index = FlatIndex.empty(vectors.shape[1])
    index.add(np.arange(len(vectors)), vectors)
    return index


def memory_of(
    vectors: FloatMatrix, right: list[list[int]], settings: MemorySettings
) -> QueryMemory:
    offsets = np.cumsum([0, *map(len, right)]).astype(np.int64)
    products = np.array([row for rows in right for row in rows], dtype=np.int32)
    return QueryMemory(settings, flat(vectors), offsets, products)


def random_memory(settings: MemorySettings, seed: int = 0) -> QueryMemory:
    """Queries with none to three right products."""
    generator = np.random.default_rng(seed)
    right = [
        generator.choice(PRODUCTS, size=generator.integers(0, 4), replace=False).tolist()
        for _ in range(QUERIES)
    ]
    return memory_of(unit_vectors(QUERIES, seed + 1), right, settings)
