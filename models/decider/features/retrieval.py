"""What the search says of a candidate: its score, beside the scores of its rivals."""

from __future__ import annotations

import numpy as np

from models.decider.pairs import Pairs
from models.decider.rivals import lead
from models.encoder import FloatMatrix

NEAR = 0.05


def score(pairs: Pairs) -> FloatMatrix:
    """Return the score of the search."""
    return pairs.scores


def lead_in_score(pairs: Pairs) -> FloatMatrix:
    """Return how far the score is above the best of the others; below it: negative."""
    return lead(pairs.scores)


def behind_best(pairs: Pairs) -> FloatMatrix:
    """Return how far the score is below the query's highest."""
    return pairs.scores[:, :1] - pairs.scores


def rank(pairs: Pairs) -> FloatMatrix:
    """Return the place among the candidates, from 0."""
    places: FloatMatrix = np.arange(pairs.rows.shape[1], dtype=np.float32)[None]
    return places


def crowding(pairs: Pairs) -> FloatMatrix:
    """Return how many others score within `NEAR` of this candidate."""
    near = np.abs(pairs.scores[:, :, None] - pairs.scores[:, None, :]) <= NEAR
    others: FloatMatrix = near.sum(axis=2, dtype=np.float32) - 1
    return others


def above_mean(pairs: Pairs) -> FloatMatrix:
    """Return how far the score is above the mean of the query's candidates."""
    sums = pairs.scores.sum(axis=1, keepdims=True, where=pairs.present)
    counts = np.maximum(pairs.present.sum(axis=1, keepdims=True, dtype=np.float32), 1)
    above: FloatMatrix = pairs.scores - sums / counts
    return above
