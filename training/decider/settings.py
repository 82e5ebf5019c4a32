"""Settings of the decider."""

from __future__ import annotations

from dataclasses import dataclass

from models.decider.forest import MOST_LEAVES
from models.errors import ConfigurationError
from training.checks import require_at_least, require_at_most, require_positive


@dataclass(frozen=True, slots=True)
class DeciderSettings:
    """How the trees over a query's candidates are fitted.

    They learn from queries that the encoder did not learn from: those of a part of their own, or,
    with `folds`, all training queries, each scored by an encoder that was fitted without it.
    """

    candidates: int = 10
    """Products that the search ranks highest and the decider judges."""

    share: float = 0.14
    """Without folds: of all queries, the part that the decider learns from, and not the encoder."""

    folds: int = 3
    """Fit this many more encoders, each without one fold of the training queries, and learn from
    all of these; 0: from the part of its own. From 2."""

    fewest_queries: int = 100
    """With fewer queries to learn from whose right product is a candidate, the score decides."""

    rounds: int = 150
    """Trees at most; fitting stops when held-out queries get no better."""

    patience: int = 20
    """Trees without getting better after which fitting stops."""

    validation_share: float = 0.2
    """Of the decider's queries: those that stop the fitting and make the probabilities true."""

    leaves: int = 31
    """Leaves of a tree at most; up to 64."""

    learning_rate: float = 0.1
    """Share of a tree that is added."""

    smallest_weight: float = 5.0
    """Least sum of second derivatives in a leaf; higher keeps trees simpler."""

    rows: float = 0.8
    """Share of the pairs that each tree is fitted on."""

    columns: float = 0.8
    """Share of the signals that each tree is fitted on."""

    right_weight: float = 1.0
    """Of right pairs beside wrong ones, of which there are more."""

    known_queries: int = 16
    """Training queries of a product that are kept at most, to compare queries with."""

    def __post_init__(self) -> None:
        """Raise ConfigurationError naming the field that cannot be used."""
        require_positive(
            self,
            "candidates",
            "fewest_queries",
            "rounds",
            "patience",
            "learning_rate",
            "right_weight",
            "known_queries",
        )
        require_at_least(self, 2, "leaves")
        require_at_most(self, MOST_LEAVES, "leaves")
        require_at_least(self, 0, "folds", "smallest_weight")
        if self.folds == 1:
            raise ConfigurationError("folds must be 0 or at least 2, got 1")
        for name in ("share", "validation_share"):
            if not 0 < getattr(self, name) < 1:
                raise ConfigurationError(
                    f"{name} must be above 0 and below 1, got {getattr(self, name)}"
                )
        for name in ("rows", "columns"):
            if not 0 < getattr(self, name) <= 1:
                raise ConfigurationError(
                    f"{name} must be above 0 and at most 1, got {getattr(self, name)}"
                )
