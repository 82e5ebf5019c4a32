"""The thresholds to be tested, in order, chosen without any calibration label or score.

The binomial test holds for a threshold that the tested labels did not choose. So the grid is made
of quantiles of *unlabelled* scores: scores of queries of the same traffic that are not calibration
queries, for instance live traffic, or the test queries without their labels. Where they come from
affects how much is automated, never whether the promise holds.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from models.calibration.reach import Reach
from models.calibration.scores import Scores, check_finite
from models.calibration.target import Target
from models.errors import ConfigurationError, DataError
from models.index.base import SCORE_DECIMALS

LATEST_START = 2 / 3


@dataclass(frozen=True, slots=True)
class GridSettings:
    """How many thresholds are tested, where tests may start, and with what share of the risk.

    A start lies where a multiple of the zero-error minimum of calibration queries is expected to be
    accepted. A small multiple starts where precision is highest, and finds something with few
    labels, but there a handful of errors fails the test. A large one has the power to pass, but
    needs the target to hold at a larger coverage. So there are several. The second has most of the
    risk. The first helps where labels are few, or only the highest scores are precise; the later
    ones where the highest scores are no more precise than others: with so many labels they pass at
    a small risk too. What is certified from an earlier start adds its risk to the later ones.
    Starts beyond two thirds of the queries are left out, which gives their share to the others; the
    one with most of the risk then lies at two thirds.
    """

    thresholds: int = 200
    """How many thresholds are tested, at even steps of automation coverage from the first start."""

    start_multiples: tuple[float, ...] = (3.0, 8.0, 20.0, 45.0, 90.0)
    """Where tests start: so many times the fewest labels that could prove it are accepted."""

    start_shares: tuple[float, ...] = (1.0, 20.0, 1.0, 1.0, 4.0)
    """How the risk is divided over the starts, one number for each; only proportions count."""

    holm_thresholds: int = 20
    """How many thresholds the method holm tests, at even steps of automation coverage."""

    def __post_init__(self) -> None:
        """Raise ConfigurationError for a grid on which no test could succeed."""
        for name in ("thresholds", "holm_thresholds"):
            if getattr(self, name) < 1:
                raise ConfigurationError(f"{name} must be at least 1, not {getattr(self, name)}")
        if not self.start_multiples:
            raise ConfigurationError("start_multiples needs at least 1 number")
        if not min(self.start_multiples) >= 1:
            raise ConfigurationError(
                f"start_multiples must be at least 1, not {self.start_multiples}: with fewer "
                "accepted labels than the zero-error minimum no test can succeed"
            )
        if len(self.start_shares) != len(self.start_multiples):
            raise ConfigurationError(
                f"start_shares needs one number for each of the {len(self.start_multiples)} "
                f"start_multiples, not {len(self.start_shares)}"
            )
        if not all(0 < share < np.inf for share in self.start_shares):
            raise ConfigurationError(f"start_shares must be above 0, not {self.start_shares}")


@dataclass(frozen=True, slots=True)
class Start:
    """Where tests start: at this coverage, with this risk; so many accepted were asked for."""

    coverage: float
    risk: float
    expected: float


def starts(target: Target, reach: Reach, settings: GridSettings) -> list[Start]:
    """Return where tests start, by rising coverage, at least one; their risks add up to the whole.

    Starts beyond `latest` are left out, but for the main one, which then is there: at two thirds of
    what labels reach or, where even without an error too few would be accepted there, beyond.
    """
    least = target.zero_error_minimum
    latest = max(LATEST_START * reach.widest, reach.coverage_for(least))
    main = max(settings.start_shares)
    placed = [
        Start(reach.coverage_for(multiple * least), share, multiple * least)
        for multiple, share in zip(settings.start_multiples, settings.start_shares, strict=True)
    ]
    kept = [
        replace(start, coverage=min(start.coverage, latest))
        for start in placed
        if start.coverage <= latest or start.risk == main
    ]
    whole = sum(start.risk for start in kept)
    return _merged(replace(start, risk=target.risk * start.risk / whole) for start in kept)


def _merged(found: Iterable[Start]) -> list[Start]:
    """Return the starts by coverage; those at the same are one, with all of their risk."""
    merged: dict[float, Start] = {}
    for start in sorted(found, key=lambda start: (start.coverage, start.expected)):
        risk = start.risk + (merged[start.coverage].risk if start.coverage in merged else 0.0)
        merged[start.coverage] = replace(start, risk=risk)
    return list(merged.values())


@dataclass(frozen=True, slots=True)
class Step:
    """A threshold to be tested, with the risk that is its own: 0 unless tests start there."""

    threshold: float
    risk: float


def steps(unlabelled: Scores, found: list[Start], widest: float, thresholds: int) -> list[Step]:
    """Return the thresholds from high to low: even steps from the first start, and all starts."""
    even = np.linspace(found[0].coverage, widest, thresholds)
    coverages = np.unique(np.concatenate([even, [one.coverage for one in found]]))
    grid = coverage_thresholds(unlabelled, coverages)
    risks = dict.fromkeys(grid, 0.0)
    for one in found:
        risks[threshold_at(unlabelled, one.coverage)] += one.risk
    return [Step(threshold, risk) for threshold, risk in risks.items()]


def coverage_thresholds(unlabelled: Scores, coverages: npt.NDArray[np.float64]) -> list[float]:
    """Return, per coverage, the score that this share of `unlabelled` reaches, without repeats.

    Rounded as served scores are, so that each is exactly a score that can occur. Raise DataError
    when there is no score, or one that is not finite.
    """
    if len(unlabelled) == 0:
        raise DataError("calibration needs unlabelled scores to place its thresholds; got none")
    check_finite(unlabelled, "unlabelled")
    falling = np.sort(unlabelled)[::-1]
    # Less a hair, so that 0.3 of 10 scores is the third even where 0.3 * 10 is above 3.
    ranks = np.ceil(coverages * len(falling) - 1e-9).astype(np.int64)
    scores = falling[np.clip(ranks, 1, len(falling)) - 1]
    return list(dict.fromkeys(round(float(score), SCORE_DECIMALS) for score in scores))


def threshold_at(unlabelled: Scores, coverage: float) -> float:
    """Return the score that this share of `unlabelled` reaches."""
    (threshold,) = coverage_thresholds(unlabelled, np.array([coverage]))
    return threshold


def threshold_grid(unlabelled: Scores, start: float, thresholds: int) -> list[float]:
    """Return thresholds from high to low, at even steps of coverage from `start` to everything."""
    return coverage_thresholds(unlabelled, np.linspace(start, 1.0, thresholds))
