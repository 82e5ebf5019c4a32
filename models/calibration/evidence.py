"""Calibration labels put to the test: how many a threshold accepts, how wrongly, how surely."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from models.calibration.binomial import Counts
from models.calibration.bounded import bounded_p_values
from models.calibration.record import CalibrationLabels
from models.calibration.scores import Flags, Scores
from models.calibration.target import Target
from models.thresholds import reaches, reaching


@dataclass(frozen=True, slots=True)
class Trial:
    """One threshold against the labels; `errors` is a sum of shares with several products."""

    threshold: float
    accepted: int
    errors: int | float
    p_value: float


@dataclass(frozen=True, slots=True, eq=False)
class Evidence:
    """What decides about the best products (labels, K) of each query, and whether they are right.

    One loss per query and threshold is tested: the share of wrong products among those accepted,
    over the queries with at least one. The products of one query must not count as queries of their
    own: they are not exchangeable, and the bound would be too tight (docs/method.md, What a promise
    covers). `valid_from` is that of `CalibrationLabels`.
    """

    scores: Scores
    correct: Flags
    valid_from: npt.NDArray[np.float32]

    @classmethod
    def of(cls, labels: CalibrationLabels) -> Evidence:
        """Return the evidence on whether accepted products are right."""
        return cls(labels.scores, labels.correct, labels.valid_from)

    @classmethod
    def of_no_match(cls, labels: CalibrationLabels) -> Evidence:
        """Return the evidence on whether queries with a low best score have no right product.

        The scores are negative, so that low ones are accepted first. Of audits of accepted queries
        none can take part: they say nothing about queries with a lower score.
        """
        everywhere = np.isneginf(labels.valid_from)
        right = ~labels.answerable[everywhere]
        scores = -labels.scores[everywhere, :1]
        return cls(scores, right[:, np.newaxis], labels.valid_from[everywhere])

    def __len__(self) -> int:
        """Return the number of labelled queries."""
        return len(self.scores)

    @property
    def whole(self) -> int:
        """Return the least number of which all shares of 1 to K products are multiples."""
        return math.lcm(*range(1, self.scores.shape[1] + 1))

    def trials(self, thresholds: Sequence[float], target: Target) -> list[Trial]:
        """Return the test of "precision < target" at each threshold."""
        accepted = np.zeros(len(thresholds), dtype=np.int64)
        parts = np.zeros(len(thresholds), dtype=np.int64)
        for valid_from, best, scores, changes in self._samples():
            valid = reaches(np.asarray(thresholds), valid_from)
            total = np.concatenate([[0], np.cumsum(changes)])
            accepted += np.where(valid, reaching(best, thresholds), 0)
            parts += np.where(valid, total[reaching(scores, thresholds)], 0)
        return self._judged(thresholds, accepted, parts, target)

    def trial(self, threshold: float, target: Target) -> Trial:
        """Return the test at one threshold."""
        return self.trials([threshold], target)[0]

    def _judged(
        self, thresholds: Sequence[float], accepted: Counts, parts: Counts, target: Target
    ) -> list[Trial]:
        chances = bounded_p_values(parts, self.whole, accepted, target.precision)
        errors = parts.tolist() if self.whole == 1 else (parts / self.whole).tolist()
        rows = zip(thresholds, accepted.tolist(), errors, chances.tolist(), strict=True)
        return [Trial(*row) for row in rows]

    def _samples(self) -> Iterator[tuple[np.float32, Scores, Scores, Counts]]:
        """Yield, for labels valid from the same threshold, what a falling threshold adds.

        That is the scores of their best products, and those of all products, both falling, with
        what the loss of its query changes by when a product is accepted too, in parts of `whole`.
        """
        changes = self._changes()
        for valid_from in np.unique(self.valid_from):
            chosen = self.valid_from == valid_from
            scores = self.scores[chosen].ravel()
            order = np.argsort(-scores, kind="stable")
            best = -np.sort(-self.scores[chosen, 0])
            yield valid_from, best, scores[order], changes[chosen].ravel()[order]

    def _changes(self) -> Counts:
        """Return by how many parts the loss of a query changes with each further product."""
        wrong = np.cumsum(~self.correct, axis=1, dtype=np.int64)
        parts = wrong * (self.whole // np.arange(1, wrong.shape[1] + 1))
        changes: Counts = np.diff(parts, axis=1, prepend=0)
        return changes
