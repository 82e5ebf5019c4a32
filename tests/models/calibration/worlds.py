"""Simulated worlds in which the true precision of every threshold is known, and calibrators.

Tests and `benchmarks/calibrators.py` measure with the same code. A calibrator is a function of
labelled and unlabelled scores that returns a threshold, None where it certifies none.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cache

import numpy as np
import numpy.typing as npt
from mapie.risk_control import BinaryClassificationController, precision
from mapie.risk_control.methods import compute_hoeffding_bentkus_p_value
from scipy import stats

from models.calibration.calibrator import certify
from models.calibration.evidence import Evidence
from models.calibration.record import CalibrationLabels, Unlabelled
from models.calibration.settings import CalibrationMethodSettings
from models.calibration.target import Target
from models.index.base import SCORE_DECIMALS
from tests.models.calibration import toy

TARGET = Target(0.90, 0.90)
UNLABELLED = 1000
MAPIE_THRESHOLDS = 100

Floats = npt.NDArray[np.float64]
Draw = Callable[[np.random.Generator, int], CalibrationLabels]
Calibrator = Callable[[CalibrationLabels, Unlabelled], float | None]


@dataclass(frozen=True, slots=True)
class World:
    """How labels are drawn, and the true automation coverage and precision of a threshold."""

    name: str
    draw: Draw
    coverage: Callable[[float], float]
    precision: Callable[[float], float]

    def unlabelled(self, random: np.random.Generator) -> Unlabelled:
        labels = self.draw(random, UNLABELLED)
        return Unlabelled.of(labels.scores[:, 0], labels.groups)


@dataclass(frozen=True, slots=True)
class Power:
    """Means over worlds: coverage, share without a threshold, share of broken promises."""

    coverage: float
    nothing: float
    broken: float
    worlds: int

    @property
    def is_valid(self) -> bool:
        """Return whether so many broken promises are to be expected at the stated confidence."""
        return self.broken * self.worlds <= stats.binom.ppf(0.999, self.worlds, TARGET.risk)


def power(calibrator: Calibrator, world: World, labels: int, worlds: int, seed: int = 0) -> Power:
    """Return what a calibrator does in so many draws; the same seed gives all the same draws."""
    random = np.random.default_rng([seed, labels])
    found = []
    for _ in range(worlds):
        unlabelled = world.unlabelled(random)
        found.append(calibrator(world.draw(random, labels), unlabelled))
    made = [one for one in found if one is not None]
    return Power(
        coverage=sum(map(world.coverage, made)) / worlds,
        nothing=1 - len(made) / worlds,
        broken=sum(world.precision(one) < TARGET.precision for one in made) / worlds,
        worlds=worlds,
    )


def ours(settings: CalibrationMethodSettings | None = None) -> Calibrator:
    """Return our calibrator with these settings."""
    used = settings or CalibrationMethodSettings()

    def calibrator(labels: CalibrationLabels, unlabelled: Unlabelled) -> float | None:
        return certify(labels, unlabelled, TARGET, used, "").threshold

    return calibrator


def on_the_labels(labels: CalibrationLabels, unlabelled: Unlabelled) -> float | None:
    """Return the lowest threshold with enough precision *on the labels*: no guarantee at all."""
    scores, correct = labels.scores[:, 0], labels.correct[:, 0]
    order = np.argsort(-scores)
    reached = np.cumsum(correct[order]) >= TARGET.precision * np.arange(1, len(scores) + 1)
    return float(scores[order][np.flatnonzero(reached)[-1]]) if reached.any() else None


def mapie(fwer_method: str = "bonferroni_holm") -> Calibrator:
    """Return MAPIE's controller of precision with its default of 100 thresholds.

    The score is the probability of the positive class, "right" is that class, and precision is the
    risk; the best of the valid thresholds has the highest recall.
    """

    def calibrator(labels: CalibrationLabels, unlabelled: Unlabelled) -> float | None:
        controller = BinaryClassificationController(
            predict_function=lambda s: np.column_stack([1 - s, s]),
            risk=precision,
            target_level=TARGET.precision,
            confidence_level=TARGET.confidence,
            fwer_method=fwer_method,
        )
        with warnings.catch_warnings():
            for expected in ("No predict parameters were found", "Fixed sequence testing requires"):
                warnings.filterwarnings("ignore", message=expected)
            scores = labels.scores[:, 0].astype(np.float64)
            controller.calibrate(scores, labels.correct[:, 0].astype(int))
        best = controller.best_predict_param
        return None if best is None else float(best)

    return calibrator


def mapie_shares(labels: CalibrationLabels, unlabelled: Unlabelled) -> float | None:
    """Return the threshold of MAPIE's p-values and Holm for the loss of several products per query.

    MAPIE has no controller for this loss; the p-values of its others are applied to our sums.
    """
    grid = np.linspace(0, 0.99, MAPIE_THRESHOLDS)
    trials = Evidence.of(labels).trials(grid.tolist(), TARGET)
    accepted = np.array([trial.accepted for trial in trials])
    errors = np.array([trial.errors for trial in trials])
    known = accepted > 0
    mean, counts = errors[known] / accepted[known], accepted[known]
    alpha = np.array([1 - TARGET.precision])
    found = compute_hoeffding_bentkus_p_value(mean, counts, alpha)
    ordered = np.argsort(found.ravel())
    limits = TARGET.risk / np.arange(MAPIE_THRESHOLDS, MAPIE_THRESHOLDS - len(ordered), -1)
    passes = np.cumprod(found.ravel()[ordered] <= limits).astype(bool)
    return float(grid[known][ordered[passes]].min()) if passes.any() else None


def _toy(random: np.random.Generator, count: int) -> CalibrationLabels:
    return CalibrationLabels.drawn_from_all(*toy.labelled(random, count))


TOY = World("toy", _toy, toy.true_coverage, toy.true_precision)


def _pairs(random: np.random.Generator, count: int) -> CalibrationLabels:
    """Two products: the second has 0.8 of the score of the first, and its own chance at it."""
    best = toy.scores(random, count)
    scores = np.stack([best, np.round(0.8 * best, SCORE_DECIMALS)], axis=1)
    correct = random.random(scores.shape) < toy.chance(scores)
    return CalibrationLabels.drawn_from_all(scores, correct)


def _pair_precision(threshold: float) -> float:
    """Return the mean share of right products among those accepted, over queries with any."""
    grid = np.linspace(threshold, 1, 20_001)
    weights = stats.beta.pdf(grid, 2, 2)
    first, second = toy.chance(grid), toy.chance(0.8 * grid)
    share = np.where(0.8 * grid >= threshold, (first + second) / 2, first)
    return float((weights * share).sum() / weights.sum())


PAIRS = World("two products", _pairs, toy.true_coverage, _pair_precision)


def flat_chance(rank: Floats) -> Floats:
    """Return the chance of being right at a share of coverage: 0.93 up to 60 %, then falling."""
    return np.where(rank < 0.6, 0.93, np.clip(0.93 - 1.5 * (rank - 0.6), 0, 1))


def _flat(random: np.random.Generator, count: int) -> CalibrationLabels:
    scores = np.round(random.random(count), SCORE_DECIMALS)
    return CalibrationLabels.drawn_from_all(scores, random.random(count) < flat_chance(1 - scores))


def _flat_precision(threshold: float) -> float:
    return float(flat_chance(np.linspace(0, 1 - threshold, 10_001)).mean())


FLAT = World("flat", _flat, lambda threshold: 1 - threshold, _flat_precision)

GROUPS = ("easy", "fair", "hard", "hopeless")
_SHIFTS = dict(zip(GROUPS, (0.2, 0.1, -0.1, -0.6), strict=True))


def grouped(random: np.random.Generator, count: int) -> CalibrationLabels:
    """The toy in four groups of equal size, whose scores mean more or less than they say."""
    scores = toy.scores(random, count)
    groups = [GROUPS[at] for at in random.integers(0, len(GROUPS), count)]
    shifts = np.array([_SHIFTS[group] for group in groups])
    correct = random.random(count) < toy.chance(scores + shifts)
    return CalibrationLabels.drawn_from_all(scores, correct, groups=groups)


@cache
def lowest_kept(group: str) -> float:
    """Return the lowest threshold, to a thousandth, that keeps the promise within a group."""
    kept = [
        at / 1000 for at in range(1001) if group_precision(group, at / 1000) >= TARGET.precision
    ]
    return min(kept, default=np.inf)


def group_precision(group: str, threshold: float) -> float:
    """Return the true precision of a threshold within a group."""
    grid = np.linspace(threshold, 1, 2001)
    weights = stats.beta.pdf(grid, 2, 2) + 1e-300
    return float((weights * toy.chance(grid + _SHIFTS[group])).sum() / weights.sum())


def with_audits(
    random: np.random.Generator, drawn: int, audits: int, served: float
) -> CalibrationLabels:
    """Labels of the toy, of which some were drawn from what a served threshold accepted."""
    everything = _toy(random, drawn)
    above = _toy(random, 20 * audits)
    accepted = above.subset(above.scores[:, 0] >= np.float32(served))
    assert len(accepted) >= audits
    first = accepted.subset(np.arange(len(accepted)) < audits)
    return replace(
        everything,
        scores=np.concatenate([everything.scores, first.scores]),
        correct=np.concatenate([everything.correct, first.correct]),
        answerable=np.concatenate([everything.answerable, first.answerable]),
        groups=everything.groups + first.groups,
        valid_from=np.concatenate([everything.valid_from, np.full(audits, served, np.float32)]),
    )
