"""The wrong answers that the model is surest of: what to look at first."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from models.calibration.scores import Scores
from models.index.base import Neighbours
from training.data.dataset import Dataset
from training.evaluation.ranking import hits

MOST_RIGHT = 3


@dataclass(frozen=True, slots=True)
class NamedProduct:
    """A product as a person reads it."""

    product_id: str
    title: str


@dataclass(frozen=True, slots=True)
class ConfidentError:
    """A query with the product it was answered with, and those that its label names.

    `right` has at most `MOST_RIGHT` of them and is empty where the catalogue holds none;
    `right_score` is then None.
    """

    query: str
    answered: NamedProduct
    score: float
    right: tuple[NamedProduct, ...]
    right_score: float | None


def confident_errors(
    found: Neighbours, right_scores: Scores, dataset: Dataset, count: int
) -> tuple[ConfidentError, ...]:
    """Return the wrong answers of the highest scores, highest first, ties by the query's row.

    `found` and `right_scores` (see `Separation.right`) are of the queries of the data set.
    """
    answered = found.rows[:, 0] >= 0
    wrong = np.flatnonzero(~hits(found, dataset.relevance)[:, 0] & answered)
    order = wrong[np.argsort(-found.deciding[wrong, 0], kind="stable")]
    return tuple(_error(int(row), found, right_scores, dataset) for row in order[:count])


def _error(query: int, found: Neighbours, right_scores: Scores, dataset: Dataset) -> ConfidentError:
    labels = dataset.relevance
    right = labels.indices[labels.indptr[query] : labels.indptr[query + 1]]
    score = float(right_scores[query])
    return ConfidentError(
        query=dataset.texts[query],
        answered=_named(dataset, int(found.rows[query, 0])),
        score=float(found.deciding[query, 0]),
        right=tuple(_named(dataset, int(row)) for row in right[:MOST_RIGHT]),
        right_score=score if np.isfinite(score) else None,
    )


def _named(dataset: Dataset, row: int) -> NamedProduct:
    product = dataset.products[row]
    return NamedProduct(product.product_id, product.title)
