"""Gradient-boosted trees: features to a probability, and to each feature's part in it."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from models.decider.forest import Forest, forest_of
from models.encoder import FloatMatrix
from models.errors import BundleError, ConfigurationError
from models.index.base import SCORE_DECIMALS

if TYPE_CHECKING:
    import xgboost


@dataclass(frozen=True, slots=True, eq=False)
class Trees:
    """Fitted trees, whose sum m for a pair becomes the probability sigmoid(slope * m + shift).

    `slope`, above 0, and `shift` make probabilities true on pairs that the trees were not fitted
    on; they change no order. `forest` is the booster, for quick sums.
    """

    booster: xgboost.Booster
    slope: float
    shift: float
    forest: Forest = field(init=False, repr=False)

    def __post_init__(self) -> None:
        """Raise ConfigurationError for trees that cannot be summed, or a slope that turns them."""
        if not (0 < self.slope < math.inf and math.isfinite(self.shift)):
            raise ConfigurationError(
                "the slope of the trees' sums must be above 0 and their shift a number, got"
                f" {self.slope} and {self.shift}"
            )
        object.__setattr__(self, "forest", forest_of(self.booster))

    @property
    def features(self) -> tuple[str, ...]:
        """Return the names of the features, in the order of the columns."""
        return tuple(self.booster.feature_names or ())

    @property
    def count(self) -> int:
        """Return how many trees there are."""
        return int(self.booster.num_boosted_rounds())

    def probabilities(self, features: FloatMatrix) -> FloatMatrix:
        """Return the probability (n,) of each row (n, features), rounded as scores are."""
        log_odds = self.slope * self.forest.sums(features) + self.shift
        probabilities = np.exp(-np.logaddexp(0, -log_odds))
        rounded: FloatMatrix = probabilities.round(SCORE_DECIMALS).astype(np.float32)
        return rounded

    def contributions(self, features: FloatMatrix) -> FloatMatrix:
        """Return each feature's exact part in the log-odds (n, features + 1), the last the rest.

        They are SHAP values (Lundberg et al., Nature Machine Intelligence 2020), and add up to the
        log-odds of `probabilities`.
        """
        from xgboost import DMatrix  # slow to import, see `load_trees`

        matrix = DMatrix(features, feature_names=list(self.features), missing=np.nan, nthread=1)
        parts: FloatMatrix = self.booster.predict(matrix, pred_contribs=True)
        parts = parts.reshape(len(features), features.shape[1] + 1)  # without a row it has one axis
        parts *= np.float32(self.slope)
        parts[:, -1] += np.float32(self.shift)
        return parts

    def save(self, path: Path) -> None:
        """Write the trees, without slope and shift, in the library's own format."""
        self.booster.save_model(path)


def load_trees(path: Path, slope: float, shift: float) -> Trees:
    """Return the trees of a file; raise BundleError, naming it, when it cannot be read."""
    # Imported when a bundle has a decider: it takes a second, and loads what else it finds
    # installed (pandas, scikit-learn).
    import xgboost

    booster = xgboost.Booster({"nthread": 1})
    try:
        booster.load_model(path)
    except (OSError, xgboost.core.XGBoostError) as error:
        raise BundleError(f"{path}: cannot be read: {str(error).splitlines()[0]}") from error
    return Trees(booster, slope, shift)
