"""Which right product stands for a query in a batch."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from training.data.dataset import Relevance, Rows
from training.evaluation.propensity import inverse_propensities
from training.sampling.settings import SamplerSettings


@dataclass(frozen=True, slots=True, eq=False)
class Positives:
    """Draws one right product per query.

    `chances` runs over the entries of `relevance`: the cumulative sum of the weights, so that a
    draw is one search in it. None draws all right products of a query alike.
    """

    relevance: Relevance
    chances: npt.NDArray[np.float64] | None = None

    def draw(self, queries: Rows, generator: np.random.Generator) -> Rows:
        """Return a right product of each query, which must have one."""
        starts, stops = self.relevance.indptr[queries], self.relevance.indptr[queries + 1]
        if self.chances is None:
            entries = generator.integers(starts, stops)
        else:
            before, after = self.chances[starts], self.chances[stops]
            drawn = before + generator.random(len(queries)) * (after - before)
            found = np.searchsorted(self.chances, drawn, side="right") - 1
            # Rounding may place a draw on the border of the next query.
            entries = np.clip(found, starts, stops - 1)
        chosen: Rows = self.relevance.indices[entries].astype(np.int64)
        return chosen


def build_positives(relevance: Relevance, settings: SamplerSettings) -> Positives:
    """Return the draw that the settings ask for.

    By inverse propensity (PRIME, arXiv 2410.20401), rare products are favoured: the chance of a
    right product is proportional to 1 + C (N_l + B)^-A (docs/method.md, Measures).
    """
    if settings.positives == "uniform":
        return Positives(relevance)
    weights = inverse_propensities(relevance, settings.propensity)[relevance.indices]
    return Positives(relevance, np.concatenate([[0.0], np.cumsum(weights)]))
