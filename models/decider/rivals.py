"""A candidate against the other candidates of the same query."""

from __future__ import annotations

import numpy as np

from models.encoder import FloatMatrix


def lead(values: FloatMatrix) -> FloatMatrix:
    """Return by how much each value of a row is above the highest of the others (queries, k).

    NaN is no value: it gets NaN, as does a value without any other.
    """
    best_at = (np.arange(len(values)), np.fmax(values, np.float32(-np.inf)).argmax(axis=1))
    others = np.repeat(values[best_at][:, None], values.shape[1], axis=1)
    without = values.copy()
    without[best_at] = np.nan
    others[best_at] = np.fmax.reduce(without, axis=1)
    apart: FloatMatrix = values - others
    return apart
