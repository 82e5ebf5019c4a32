"""From a trained encoder to the runtime that is calibrated, evaluated and served."""

from __future__ import annotations

import numpy as np

from models.catalogue import Catalogue
from models.encoder import FloatMatrix
from models.index.build import IndexReport, build_index
from models.memory.memory import QueryMemory
from models.runtime import Runtime
from training.augmentation.centroids import with_centroids
from training.augmentation.memory import build_memory
from training.augmentation.settings import AugmentationSettings
from training.data.dataset import Dataset
from training.loop.fit import Fitted

INDEX_SAMPLE = 1_000


def build_runtime(
    fitted: Fitted, train: Dataset, augmentation: AugmentationSettings | None, seed: int
) -> tuple[Runtime, IndexReport]:
    """Return the runtime over the catalogue of the training part, and how its index was chosen.

    Only training queries enter it: those that calibrate and test it must be new to it.
    """
    products, memory = fitted.products, None
    if augmentation is not None:
        products, memory = _augmented(fitted, train, augmentation, seed)
    index, report = build_index(products, _sample(fitted, train, seed), seed=seed)
    return Runtime(fitted.encoder, index, Catalogue(train.products), memory), report


def _augmented(
    fitted: Fitted, train: Dataset, settings: AugmentationSettings, seed: int
) -> tuple[FloatMatrix, QueryMemory | None]:
    answerable = train.subset(np.flatnonzero(train.answerable))
    queries = fitted.encoder.encode(answerable.texts)
    products, memory = fitted.products, None
    if settings.centroid_weight > 0:
        products = with_centroids(products, queries, answerable.relevance, settings.centroid_weight)
    if settings.memory is not None:
        memory = build_memory(
            answerable.texts, queries, answerable.relevance, settings.memory, seed=seed
        )
    return products, memory


def _sample(fitted: Fitted, train: Dataset, seed: int) -> FloatMatrix:
    sample = np.random.default_rng(seed).permutation(len(train))[:INDEX_SAMPLE]
    return fitted.encoder.encode([train.texts[row] for row in sample])
