"""A runtime that needs no training, and examples whose right answer one signal knows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from zlib import crc32

import numpy as np

from models.catalogue import Catalogue
from models.decider.features.all import NAMES
from models.encoder import Flags, FloatMatrix
from models.index.flat import FlatIndex
from models.runtime import Runtime
from training.data.dataset import Dataset
from training.decider.examples import Examples
from training.decider.settings import DeciderSettings

QUICK = DeciderSettings(rounds=8, patience=4, fewest_queries=20, candidates=4)


@dataclass(frozen=True, slots=True)
class WordEncoder:
    """Encodes a text as the counts of its words in hashed places; `salt` chooses the places."""

    salt: str = ""
    dimension: int = 64

    def encode(self, texts: Sequence[str]) -> FloatMatrix:
        counts = np.full((len(texts), self.dimension), 0.01, np.float32)
        for row, text in enumerate(texts):
            for word in text.lower().split():
                counts[row, crc32((self.salt + word).encode()) % self.dimension] += 1
        vectors: FloatMatrix = counts / np.linalg.norm(counts, axis=1, keepdims=True)
        return vectors

    def truncated(self, texts: Sequence[str]) -> Flags:
        return np.zeros(len(texts), dtype=np.bool_)

    def save(self, directory: Path) -> None:
        (directory / "salt").write_text(self.salt)


def runtime_of(dataset: Dataset, encoder: WordEncoder | None = None) -> Runtime:
    """Return the served path over the products of a data set."""
    encoder = encoder or WordEncoder()
    index = FlatIndex.empty(encoder.dimension)
    titles = [product.title for product in dataset.products]
    index.add(np.arange(len(titles)), encoder.encode(titles))
    return Runtime(encoder, index, Catalogue(dataset.products))


def column(name: str) -> int:
    return NAMES.index(name)


def noisy_examples(queries: int = 200, candidates: int = 5, seed: int = 0) -> Examples:
    """Return pairs of which the score knows in most cases whether they are right."""
    random = np.random.default_rng(seed)
    count = queries * candidates
    features = random.normal(size=(count, len(NAMES))).astype(np.float32)
    chance = 1 / (1 + np.exp(-3 * features[:, column("score")]))
    right = random.random(count) < chance
    queries_of = np.repeat(np.arange(queries), candidates)
    return Examples(features, right, queries_of, np.zeros(count, np.bool_))


def separable_examples() -> Examples:
    """Return pairs that are right exactly where the score is above 0."""
    noisy = noisy_examples()
    return replace(noisy, right=noisy.features[:, column("score")] > 0)
