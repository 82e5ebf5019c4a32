"""The two ways in which training queries enter a score.

See docs/method.md, Training queries in the score.

Cosines that are -inf belong to neighbours that do not exist, and add nothing.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from models.encoder import FloatMatrix
from models.memory.settings import MemorySettings

Numbers = npt.NDArray[np.float64]


def log_sums(settings: MemorySettings, products: FloatMatrix, queries: FloatMatrix) -> Numbers:
    """Return the logarithm of each query's sum of exp(cosine / temperature), (Q,).

    `queries` (Q, m) are the cosines of the nearest training queries and `products` (Q, n) those of
    the nearest products, which are in the sum of `joint` only.
    """
    summed = [queries]
    if settings.formula == "joint":
        summed.append(products[:, : settings.neighbours])
    scaled = np.concatenate(summed, axis=1).astype(np.float64) / settings.temperature
    highest = scaled.max(axis=1)
    total: Numbers = highest + np.log(np.exp(scaled - highest[:, np.newaxis]).sum(axis=1))
    return total


def votes(settings: MemorySettings, cosines: FloatMatrix, sums: Numbers) -> Numbers:
    """Return what training queries (Q, m) add to the score of each of their right products."""
    present = np.isfinite(cosines)
    exact = np.where(present, cosines, 0).astype(np.float64)
    shares = np.exp(exact / settings.temperature - sums[:, np.newaxis])
    if settings.formula == "vote":
        shares *= exact
    voted: Numbers = np.where(present, settings.weight * shares, 0.0)
    return voted


def own_part(settings: MemorySettings, cosines: Numbers, sums: Numbers) -> Numbers:
    """Return what products with these cosines (n,) have by themselves; `sums` (n,) as theirs."""
    own = 1 - settings.weight
    if settings.formula == "vote":
        return own * cosines
    found: Numbers = own * np.exp(cosines / settings.temperature - sums)
    return found
