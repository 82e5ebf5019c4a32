"""What a training came to."""

from __future__ import annotations

from dataclasses import dataclass

from models.encoder import FloatMatrix
from models.index.base import Neighbours
from models.index.build import IndexReport
from models.runtime import Runtime
from models.thresholds import Promise
from training.evaluation.report import Evaluation
from training.evaluation.separation import Separation


@dataclass(frozen=True, slots=True, eq=False)
class Trained:
    """A model with its index, its promises and its results on the test queries.

    `found` are its answers to them, `products` (products, d) the unit vectors of the catalogue,
    `untrained` the scores of the test queries before training. The reports are those of the indexes
    of products and, where there is one, of remembered queries.
    """

    runtime: Runtime
    products: FloatMatrix
    found: Neighbours
    index_report: IndexReport
    memory_report: IndexReport | None
    promises: tuple[Promise, ...]
    evaluations: tuple[Evaluation, ...]
    untrained: Separation | None
