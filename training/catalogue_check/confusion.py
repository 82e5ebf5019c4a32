"""Whether the queries of two products can be told apart."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from training.catalogue_check.evidence import Evidence, Rows
from training.catalogue_check.titles import TitleDifference

Shares = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Confusion:
    """How many queries each of two products has, and how many of them look like the other's.

    `first_confused` and `second_confused` count halves: a query is compared with both products, and
    with the other queries of both.
    """

    first_queries: int
    second_queries: int
    first_confused: float
    second_confused: float

    @property
    def confused(self) -> float:
        return self.first_confused + self.second_confused

    @property
    def queries(self) -> int:
        return self.first_queries + self.second_queries


def confusion(
    evidence: Evidence, first: int, second: int, difference: TitleDifference, most_queries: int
) -> Confusion:
    """Return how far the queries of the two products are mixed up, each judged without itself.

    Half of a query's share is that the other product's vector is nearer, half that the nearest of
    all *other* queries is the other product's. A query that says what only the other title says,
    and nothing of what only its own title says, counts in full. Queries of both products at once
    say nothing and are left out.
    """
    mine, others = evidence.queries_of(first), evidence.queries_of(second)
    both = np.intersect1d(mine, others)
    mine = _some(np.setdiff1d(mine, both), most_queries)
    others = _some(np.setdiff1d(others, both), most_queries)
    rows = np.concatenate([mine, others])
    of_second = np.arange(len(rows)) >= len(mine)
    shares = np.maximum(
        _by_vectors(evidence, rows, of_second, (first, second)),
        _by_words(evidence, rows, of_second, difference),
    )
    return Confusion(
        first_queries=len(mine),
        second_queries=len(others),
        first_confused=float(shares[~of_second].sum()),
        second_confused=float(shares[of_second].sum()),
    )


def _some(rows: Rows, most: int) -> Rows:
    """Return at most so many rows, evenly spaced."""
    if len(rows) <= most:
        return rows
    return rows[np.linspace(0, len(rows) - 1, most).astype(np.int64)]


def _by_vectors(
    evidence: Evidence, rows: Rows, of_second: npt.NDArray[np.bool_], pair: tuple[int, int]
) -> Shares:
    vectors = evidence.queries[rows]
    cosines = vectors @ evidence.products[list(pair)].T
    own = np.where(of_second, cosines[:, 1], cosines[:, 0])
    other = np.where(of_second, cosines[:, 0], cosines[:, 1])
    by_product = (other > own).astype(np.float64)
    between = vectors @ vectors.T
    np.fill_diagonal(between, -np.inf)
    companions = np.where(of_second, of_second.sum(), (~of_second).sum()) - 1
    if not (companions > 0).any():
        return by_product
    by_query = of_second[between.argmax(axis=1)] != of_second
    # Where a product has one query, that query's nearest can only be the other product's.
    shares: Shares = np.where(companions > 0, (by_product + by_query) / 2, by_product)
    return shares


def _by_words(
    evidence: Evidence,
    rows: Rows,
    of_second: npt.NDArray[np.bool_],
    difference: TitleDifference,
) -> Shares:
    first, second = set(difference.only_first), set(difference.only_second)
    shares = np.zeros(len(rows))
    for at, row in enumerate(rows):
        own, other = (second, first) if of_second[at] else (first, second)
        said = evidence.query_tokens[row]
        shares[at] = bool(said & other) and not said & own
    return shares
