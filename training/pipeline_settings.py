"""All settings of a run: the tree that a configuration file writes and a bundle keeps."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field
from typing import Any

from models.calibration.grid import GridSettings
from models.calibration.record import MOST_PRODUCTS
from models.calibration.settings import CalibrationMethodSettings, GroupSettings, Method
from models.drift.take import DriftSettings
from models.errors import ConfigurationError
from training.augmentation.settings import AugmentationSettings
from training.data.settings import DataSettings, SampleData
from training.data.splits import DeciderPart, SplitKind
from training.decider.settings import DeciderSettings
from training.evaluation.background import EvaluationSettings
from training.reviews.settings import ReviewSettings
from training.settings import TrainingSettings


@dataclass(frozen=True, slots=True)
class CalibrationSettings:
    """What is promised, and how its thresholds are looked for."""

    target_precisions: tuple[float, ...] = (0.90, 0.95, 0.98)
    """Each gets a threshold of its own, certified on queries that training did not see."""

    confidence: float = 0.90
    """How sure each promise is."""

    method: Method = "fixed_sequence"
    """The tests: in order from several starts, or in any order, at a price for their number."""

    products_per_query: int = 1
    """Products of a query that can be accepted; the promise is then of their mean precision."""

    no_match_precision: float | None = 0.95
    """Of the answer that no product is right, where it can be certified; false: it is not said."""

    groups: GroupSettings | None = None
    """Thresholds of their own for groups of queries."""

    grid: GridSettings = field(default_factory=GridSettings)
    """Which thresholds are tested; it decides how much is automated, not whether promises hold."""

    def __post_init__(self) -> None:
        """Raise ConfigurationError naming the field that cannot be used."""
        if not self.target_precisions:
            raise ConfigurationError("target_precisions needs at least 1 number")
        for precision in self.target_precisions:
            if not 0 < precision < 1:
                raise ConfigurationError(
                    f"target_precisions must be between 0 and 1, got {precision}"
                )
        if not 0 < self.confidence < 1:
            raise ConfigurationError(f"confidence must be between 0 and 1, got {self.confidence}")
        if self.no_match_precision is not None and not 0 < self.no_match_precision < 1:
            raise ConfigurationError(
                f"no_match_precision must be between 0 and 1, got {self.no_match_precision}"
            )
        if not 1 <= self.products_per_query <= MOST_PRODUCTS:
            raise ConfigurationError(
                f"products_per_query must be from 1 to {MOST_PRODUCTS},"
                f" got {self.products_per_query}"
            )

    @property
    def certifying(self) -> CalibrationMethodSettings:
        """Return what the calibrator needs to know."""
        return CalibrationMethodSettings(self.method, self.grid, self.groups)


@dataclass(frozen=True, slots=True)
class PipelineSettings:
    """From which data, how split, trained, calibrated and measured.

    `recipe` names the defaults that the rest was made from. The seed of the split is that of the
    training.
    """

    recipe: str = "softmax"
    """The method whose defaults the other fields change."""

    split: SplitKind = SplitKind.OFFERS
    """How queries are held out for calibration and test."""

    data: DataSettings = field(default_factory=SampleData)
    """Which labelled queries are learnt from."""

    reviews: ReviewSettings | None = None
    """What people answered in the review queue, learnt from beside the data."""

    training: TrainingSettings = field(default_factory=TrainingSettings)
    """How the model is trained."""

    augmentation: AugmentationSettings | None = None
    """What training queries add to the scores of products."""

    decider: DeciderSettings | None = field(default_factory=DeciderSettings)
    """Judges the candidates once more; false: the score of the search decides."""

    calibration: CalibrationSettings = field(default_factory=CalibrationSettings)
    """What is promised, and how its thresholds are looked for."""

    evaluation: EvaluationSettings = field(default_factory=EvaluationSettings)
    """How models are measured."""

    drift: DriftSettings = field(default_factory=DriftSettings)
    """What a bundle remembers of its traffic, so that other traffic is noticed without labels."""

    @property
    def decider_part(self) -> DeciderPart | None:
        """Return what the decider gets of the queries."""
        if self.decider is None:
            return None
        return DeciderPart(self.decider.share, from_training=not self.decider.folds)

    def as_dict(self) -> dict[str, Any]:
        """Return the settings as plain values, for the manifest; paths in full."""
        plain: dict[str, Any] = json.loads(json.dumps(asdict(self), default=str))
        return plain
