"""What the traffic looked like that a bundle was calibrated for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from models.drift.ngrams import word_ngrams
from models.drift.stability import Noise, noise, population_stability_index
from models.errors import ConfigurationError
from models.text import words

CACHED_WORDS = 2**17

Scores = npt.NDArray[np.float32]
Counts = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True, eq=False)
class TrafficReference:
    """The deciding scores, n-grams and cut texts of queries that the model did not learn from.

    Bin 0 holds what is below the first of `edges`, bin i what reaches edge i - 1 and not edge i;
    `score_counts` are how many queries of the reference lie in each. `known` are the n-grams of
    training queries and titles; `unseen_ngrams` is which share of the n-grams of the reference
    is not among them, `truncated` which share of its texts the encoder cuts.
    """

    edges: tuple[float, ...]
    score_counts: tuple[int, ...]
    known: frozenset[str]
    unseen_ngrams: float
    truncated: float

    def __post_init__(self) -> None:
        """Raise ConfigurationError when its numbers cannot be those of any queries."""
        if len(self.score_counts) != len(self.edges) + 1:
            raise ConfigurationError(
                f"{len(self.edges)} edges make {len(self.edges) + 1} bins of scores,"
                f" not {len(self.score_counts)}"
            )
        ascend = all(low < high for low, high in pairwise(self.edges))
        if not (ascend and np.isfinite(self.edges).all()):
            raise ConfigurationError(f"the edges of the bins must ascend, got {self.edges}")
        if min(self.score_counts) < 0 or not self.queries:
            raise ConfigurationError("the bins of the reference hold no queries")
        for name in ("unseen_ngrams", "truncated"):
            if not 0 <= getattr(self, name) <= 1:
                raise ConfigurationError(f"{name} must be a share, got {getattr(self, name)}")

    @property
    def queries(self) -> int:
        """Return how many queries it was taken from."""
        return sum(self.score_counts)

    @property
    def bins(self) -> int:
        return len(self.score_counts)

    def score_bins(self, scores: Sequence[float] | Scores) -> Counts:
        """Return how many scores fall into each bin (bins,), compared as float32.

        -inf, of a query without a product, falls into the first.
        """
        return bin_counts(np.asarray(scores, dtype=np.float32), self.edges)

    def unseen(self, text: str) -> tuple[int, int]:
        """Return how many n-grams the text has, and how many of them are not known."""
        found = words(text)
        ngrams = sum(map(len, found))  # between two marks a word has one 3-gram a character
        return ngrams, sum(_unseen_in(self.known, word) for word in found)

    def stability(self, score_counts: Sequence[int]) -> float | None:
        """Return the population stability index of these counts by bin; None without queries."""
        if not sum(score_counts):
            return None
        return population_stability_index(score_counts, self.score_counts)

    def noise(self, queries: int) -> Noise | None:
        """Return what the index is for so many queries of unchanged traffic."""
        return noise(queries, self.queries, self.bins)


@lru_cache(maxsize=CACHED_WORDS)
def _unseen_in(known: frozenset[str], word: str) -> int:
    """Return how many n-grams of a word are not known; words come again and again."""
    return sum(gram not in known for gram in word_ngrams(word))


def bin_edges(scores: Scores, bins: int) -> tuple[float, ...]:
    """Return at most `bins - 1` scores that part these into bins of about the same size.

    Scores that are equal stay together, so there may be fewer bins; none is empty.
    """
    present = np.sort(scores[np.isfinite(scores)])
    if not len(present):
        return ()
    ranks = np.arange(1, bins) * len(present) // bins
    # The first bin is what lies below the first edge: with an edge at the lowest score it is empty.
    edges = np.unique(present[ranks][present[ranks] > scores.min()])
    return tuple(float(str(edge)) for edge in edges)  # the shortest decimals that are these float32


def bin_counts(scores: Scores, edges: Sequence[float]) -> Counts:
    """Return how many scores lie in each of the `len(edges) + 1` bins."""
    places = np.searchsorted(np.asarray(edges, dtype=np.float32), scores, side="right")
    return np.bincount(places, minlength=len(edges) + 1).astype(np.int64)
