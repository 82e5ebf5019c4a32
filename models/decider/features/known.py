"""How a query compares with the training queries of a candidate."""

from __future__ import annotations

import numpy as np

from models.decider.pairs import Pairs
from models.decider.rivals import lead
from models.encoder import FloatMatrix


def known_query(pairs: Pairs) -> FloatMatrix:
    """Return the highest cosine with a training query of the candidate; NaN where it has none."""
    return pairs.known


def lead_in_known_query(pairs: Pairs) -> FloatMatrix:
    """Return by how much that is above the highest of the others."""
    return lead(pairs.known)


def known_queries(pairs: Pairs) -> FloatMatrix:
    """Return ln(1 + training queries of the candidate)."""
    return np.log1p(pairs.known_counts)


def best_known_query(pairs: Pairs) -> FloatMatrix:
    """Return the highest cosine with a training query of any candidate."""
    return np.fmax.reduce(pairs.known, axis=1, keepdims=True)
