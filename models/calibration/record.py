"""What thresholds are certified on: labelled and unlabelled scores; a bundle keeps them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from models.calibration.fingerprints import Fingerprints
from models.calibration.probability import ProbabilityMap
from models.calibration.scores import Flags, Scores, check_finite
from models.calibration.settings import CalibrationMethodSettings
from models.errors import ConfigurationError, DataError
from models.thresholds import Grouping

Groups = tuple[str | None, ...]
MOST_PRODUCTS = 10  # more products of one query than are ever looked at


@dataclass(frozen=True, slots=True, eq=False)
class CalibrationLabels:
    """Randomly drawn queries with what decides about their best products, and which are right.

    `scores` and `correct` have shape (labels, K), best product first, K being the number of
    products per query that a promise covers; where fewer were found or judged, the score is -inf.
    `answerable` (labels,) says whether any product of the catalogue is right. `groups` has the
    group of each query, None where it has none.

    `valid_from` (labels,) is the lowest threshold whose test the label takes part in. A query that
    was drawn from all traffic has -inf. One that was drawn from what a served threshold accepted
    has that threshold `v`: it says nothing about queries below. The binomial test stays exact:
    whatever accepted a query, given that its score reaches t >= v it is a draw of the traffic that
    reaches t, and so is a query drawn from everything. Both kinds therefore are independent trials
    with one chance of error, the one that is tested. That needs a draw that depends on nothing else
    (one inclusion probability for all queries that reach v).
    """

    scores: npt.NDArray[np.float32]
    correct: Flags
    answerable: Flags
    groups: Groups
    valid_from: npt.NDArray[np.float32]

    def __post_init__(self) -> None:
        """Raise DataError saying what does not fit, or is not a number."""
        if self.scores.ndim != 2 or self.scores.shape != self.correct.shape:
            raise DataError(
                "calibration needs one score and one verdict per product, both (queries, products),"
                f" not {self.scores.shape} scores and {self.correct.shape} verdicts"
            )
        if not 1 <= self.scores.shape[1] <= MOST_PRODUCTS:
            raise DataError(
                f"calibration is of 1 to {MOST_PRODUCTS} products per query, not"
                f" {self.scores.shape[1]}"
            )
        shape = (len(self.scores),)
        if not self.answerable.shape == self.valid_from.shape == (len(self.groups),) == shape:
            raise DataError(
                f"{len(self.scores)} calibration queries need as many marks of being answerable"
                f" ({len(self.answerable)}), groups ({len(self.groups)}) and thresholds to be valid"
                f" from ({len(self.valid_from)})"
            )
        self._check_numbers()

    def _check_numbers(self) -> None:
        check_finite(self.scores[:, 0], "calibration")
        bad = int(np.count_nonzero(np.isnan(self.scores) | (self.scores == np.inf)))
        if bad:
            raise DataError(f"{bad} scores of lower-ranked calibration products are not numbers")
        if np.any(self.scores[:, 1:] > self.scores[:, :-1]):
            raise DataError("the products of a calibration query must come best first")
        if np.any(np.isnan(self.valid_from) | (self.valid_from == np.inf)):
            raise DataError("the threshold that a calibration label is valid from is not a number")
        if np.any(self.correct.any(axis=1) & ~self.answerable):
            raise DataError("a calibration query with a right product must be answerable")

    @classmethod
    def drawn_from_all(
        cls,
        scores: Scores,
        correct: Flags,
        answerable: Flags | None = None,
        groups: Sequence[str | None] | None = None,
    ) -> CalibrationLabels:
        """Return labels of queries that were drawn from everything, each valid for any threshold.

        One score and verdict (labels,) per query will do. Without `answerable`, queries are that
        have a right product among those given; without `groups` none has one.
        """
        if scores.ndim == 1:
            scores, correct = scores[:, np.newaxis], correct[:, np.newaxis]
        count = len(scores)
        if answerable is None:
            answerable = np.logical_or.reduce(correct, axis=1)
        return cls(
            scores=scores.astype(np.float32),
            correct=correct,
            answerable=answerable,
            groups=(None,) * count if groups is None else tuple(groups),
            valid_from=np.full(count, -np.inf, dtype=np.float32),
        )

    def __len__(self) -> int:
        """Return the number of labelled queries."""
        return len(self.scores)

    @property
    def products_per_query(self) -> int:
        """Return how many products of a query are calibrated."""
        return int(self.scores.shape[1])

    def subset(self, chosen: Flags) -> CalibrationLabels:
        """Return the labels that are marked True in `chosen` (labels,)."""
        kept = np.flatnonzero(chosen)
        return CalibrationLabels(
            self.scores[kept],
            self.correct[kept],
            self.answerable[kept],
            tuple(self.groups[at] for at in kept.tolist()),
            self.valid_from[kept],
        )


@dataclass(frozen=True, slots=True, eq=False)
class Unlabelled:
    """What decides about the best product (queries,) of other queries, and the queries' groups.

    They place the thresholds that are tested and must not be calibration queries.
    """

    scores: npt.NDArray[np.float32]
    groups: Groups

    def __post_init__(self) -> None:
        """Raise DataError when the two do not fit, or a score is not a number."""
        if self.scores.shape != (len(self.groups),):
            raise DataError(
                f"unlabelled queries need one score and group each, not {self.scores.shape} scores"
                f" and {len(self.groups)} groups"
            )
        check_finite(self.scores, "unlabelled")

    @classmethod
    def of(cls, scores: Scores, groups: Sequence[str | None] | None = None) -> Unlabelled:
        """Return the scores with their groups; without `groups` none has one."""
        given = (None,) * len(scores) if groups is None else tuple(groups)
        return cls(scores.astype(np.float32), given)

    def __len__(self) -> int:
        """Return the number of queries."""
        return len(self.scores)

    def subset(self, chosen: Flags) -> Unlabelled:
        """Return the queries that are marked True in `chosen` (queries,)."""
        kept = np.flatnonzero(chosen)
        return Unlabelled(self.scores[kept], tuple(self.groups[at] for at in kept.tolist()))


@dataclass(frozen=True, slots=True, eq=False)
class CalibrationRecord:
    """All that a bundle's promises were certified on, so that others can be tried later.

    `probability` maps what decides to the chance that the best product is right; None where there
    were too few labels for it. `texts` are digests of the queries, None where they are not known.
    """

    labels: CalibrationLabels
    unlabelled: Unlabelled
    settings: CalibrationMethodSettings
    confidence: float
    probability: ProbabilityMap | None
    texts: Fingerprints | None = None

    def __post_init__(self) -> None:
        """Raise ConfigurationError for a confidence outside (0, 1), DataError for other texts."""
        if not 0 < self.confidence < 1:
            raise ConfigurationError(f"confidence must be between 0 and 1, not {self.confidence}")
        if self.texts is None:
            return
        found = (len(self.texts.labels), len(self.texts.unlabelled))
        if found != (len(self.labels), len(self.unlabelled)):
            raise DataError(
                f"digests of {found[0]} labelled and {found[1]} other queries do not belong to a"
                f" calibration of {len(self.labels)} and {len(self.unlabelled)}"
            )

    @property
    def products_per_query(self) -> int:
        """Return how many products of a query are calibrated."""
        return self.labels.products_per_query

    @property
    def grouping(self) -> Grouping | None:
        """Return by what queries are grouped, or None."""
        return self.settings.grouping
