"""Fit the trees, stop them in time, and make their probabilities true."""

from __future__ import annotations

import numpy as np
import xgboost
from scipy import optimize

from models.decider.features.all import FEATURES, NAMES
from models.decider.trees import Trees
from training.decider.examples import Examples
from training.decider.settings import DeciderSettings
from training.decider.unknown import with_unknown

LOWEST_SLOPE = 0.05


def fit_trees(examples: Examples, settings: DeciderSettings, seed: int) -> Trees:
    """Return trees fitted on most of the queries; the others stop them and scale their sums.

    Those others are drawn from the queries that were not selected, so that probabilities are true
    of the traffic.

    The loss is the cross-entropy of each pair by itself. Monotone where `FEATURES` say so. The same
    examples, settings and seed give the same trees. Attributes that all pairs have are taken away
    from some, see `with_unknown`.
    """
    examples = with_unknown(examples, seed)
    validation = _drawn(examples, settings.validation_share, seed)
    held_out, fitted = _matrix(examples, validation), _matrix(examples, ~validation)
    booster = xgboost.train(
        _parameters(settings, seed),
        fitted,
        settings.rounds,
        evals=[(held_out, "validation")],
        early_stopping_rounds=settings.patience,
        verbose_eval=False,
    )
    booster = booster[: booster.best_iteration + 1]
    sums = booster.predict(held_out, output_margin=True)
    slope, shift = scaled(sums, examples.right[validation])
    return Trees(booster, slope, shift)


def scaled(
    sums: np.typing.NDArray[np.float32], right: np.typing.NDArray[np.bool_]
) -> tuple[float, float]:
    """Return the slope and shift that make sigmoid(slope * sums + shift) most likely.

    Platt scaling (Platt, 1999) with his targets, which keep it finite where sums separate right
    from wrong. The slope is above 0, so that no order changes.
    """
    count = int(right.sum())
    high, low = (count + 1) / (count + 2), 1 / (len(right) - count + 2)
    targets = np.where(right, high, low)
    values = sums.astype(np.float64)

    def loss(point: np.typing.NDArray[np.float64]) -> float:
        log_odds = point[0] * values + point[1]
        return float(np.mean(np.logaddexp(0, log_odds) - targets * log_odds))

    best = optimize.minimize(
        loss, np.array([1.0, 0.0]), method="L-BFGS-B", bounds=[(LOWEST_SLOPE, None), (None, None)]
    )
    return float(best.x[0]), float(best.x[1])


def _drawn(examples: Examples, share: float, seed: int) -> np.typing.NDArray[np.bool_]:
    """Return which pairs are of a random share of the queries not selected, of at least one."""
    queries = np.unique(examples.queries[~examples.selected])
    known = np.random.default_rng(seed).permutation(queries)
    return np.isin(examples.queries, known[: max(1, round(share * len(known)))])


def _matrix(examples: Examples, rows: np.typing.NDArray[np.bool_]) -> xgboost.DMatrix:
    return xgboost.DMatrix(
        examples.features[rows], examples.right[rows], feature_names=list(NAMES), nthread=1
    )


def _parameters(settings: DeciderSettings, seed: int) -> dict[str, object]:
    directions = ",".join(str(feature.direction) for feature in FEATURES)
    return {
        "objective": "binary:logistic",
        "tree_method": "hist",
        "grow_policy": "lossguide",
        "max_depth": 0,
        "max_leaves": settings.leaves,
        "learning_rate": settings.learning_rate,
        "min_child_weight": settings.smallest_weight,
        "subsample": settings.rows,
        "colsample_bytree": settings.columns,
        "scale_pos_weight": settings.right_weight,
        "monotone_constraints": f"({directions})",
        "nthread": 1,
        "seed": seed,
    }
