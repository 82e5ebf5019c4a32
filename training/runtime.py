"""From a trained encoder to the runtime that is calibrated, evaluated and served."""

from __future__ import annotations

from dataclasses import dataclass

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


@dataclass(frozen=True, slots=True)
class BuiltRuntime:
    """What is served, and how the index of the products and that of the memory were chosen.

    `memory_report` is None where there is no memory.
    """

    runtime: Runtime
    index_report: IndexReport
    memory_report: IndexReport | None


def build_runtime(
    fitted: Fitted, train: Dataset, augmentation: AugmentationSettings | None, seed: int
) -> BuiltRuntime:
    """Return the runtime over the catalogue of the training part.

    Only training queries enter it: those that calibrate and test it must be new to it.
    """
    products, memory, memory_report = fitted.products, None, None
    if augmentation is not None:
        products, memory, memory_report = _augmented(fitted, train, augmentation, seed)
    index, report = build_index(products, _sample(fitted, train, seed), seed=seed)
    runtime = Runtime(fitted.encoder, index, Catalogue(train.products), memory)
    return BuiltRuntime(runtime, report, memory_report)


def _augmented(
    fitted: Fitted, train: Dataset, settings: AugmentationSettings, seed: int
) -> tuple[FloatMatrix, QueryMemory | None, IndexReport | None]:
    answerable = train.subset(np.flatnonzero(train.answerable))
    queries = fitted.encoder.encode(answerable.texts)
    products, memory, report = fitted.products, None, None
    if settings.centroid_weight > 0:
        products = with_centroids(products, queries, answerable.relevance, settings.centroid_weight)
    if settings.memory is not None:
        memory, report = build_memory(
            answerable.texts, queries, answerable.relevance, settings.memory, seed=seed
        )
    return products, memory, report


def _sample(fitted: Fitted, train: Dataset, seed: int) -> FloatMatrix:
    sample = np.random.default_rng(seed).permutation(len(train))[:INDEX_SAMPLE]
    return fitted.encoder.encode([train.texts[row] for row in sample])
