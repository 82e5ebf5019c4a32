"""A candidate against the other candidates of the same query."""

from __future__ import annotations

import numpy as np

from models.encoder import FloatMatrix


def lead(values: FloatMatrix) -> FloatMatrix:
    """Return by how much each value of a row is above the highest of the others (queries, k).

    NaN counts as lower than all; where a value is NaN or there is no other, the result is NaN.
    """
    known = np.where(np.isfinite(values), values, -np.inf)
    lowest = np.full((len(values), 1), -np.inf, known.dtype)
    ordered = np.sort(np.concatenate([known, lowest], axis=1), axis=1)
    others = np.where(known == ordered[:, -1:], ordered[:, -2:-1], ordered[:, -1:])
    apart = np.full(values.shape, np.nan, np.float32)
    np.subtract(known, others, out=apart, where=np.isfinite(known) & np.isfinite(others))
    return apart
