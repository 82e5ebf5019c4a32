"""A candidate against the other candidates of the same query."""

from __future__ import annotations

import numpy as np

from models.encoder import FloatMatrix


def lead(values: FloatMatrix) -> FloatMatrix:
    """Return by how much each value of a row is above the highest of the others (queries, k).

    NaN is no value: it gets NaN, as does a value without any other.
    """
    if values.shape[1] < 2:
        return np.full(values.shape, np.nan, np.float32)
    descending = -np.sort(-values, axis=1)  # NaN comes last
    highest, second = descending[:, :1], descending[:, 1:2]
    # Where several are the highest, the second is as high.
    apart: FloatMatrix = values - np.where(values == highest, second, highest)
    return apart
