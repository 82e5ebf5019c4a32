"""What a training came to."""

from __future__ import annotations

from dataclasses import dataclass

from models.decider.report import DeciderReport
from models.encoder import FloatMatrix
from models.index.base import Neighbours
from models.index.build import IndexReport
from models.runtime import Runtime
from models.thresholds import Promise
from training.calibration import Calibrated
from training.evaluation.report import Evaluation
from training.evaluation.separation import Separation


@dataclass(frozen=True, slots=True, eq=False)
class Trained:
    """A model with its index, what was calibrated and its results on the test queries.

    `found` are its answers to them, `products` (products, d) the unit vectors of the catalogue,
    `untrained` the scores of the test queries before training. The reports are those of the indexes
    of products, of remembered queries where there are any, and of the decider where one was asked
    for. The results are those of TF-IDF, of the score alone, and of the decider if there is one.
    """

    runtime: Runtime
    products: FloatMatrix
    found: Neighbours
    index_report: IndexReport
    memory_report: IndexReport | None
    decider_report: DeciderReport | None
    calibrated: Calibrated
    baseline: Evaluation
    by_score: Evaluation
    by_decider: Evaluation | None
    untrained: Separation | None

    @property
    def promises(self) -> tuple[Promise, ...]:
        """Return one promise for each target precision."""
        return self.calibrated.promises

    @property
    def evaluations(self) -> tuple[Evaluation, ...]:
        """Return all results; the last are those of what is served."""
        decided = () if self.by_decider is None else (self.by_decider,)
        return (self.baseline, self.by_score, *decided)
