"""Queries whose label is likely to be wrong, with the product that is likely right.

The score is the chance that adds up, as log-odds, from how much nearer the other product is, which
products the nearest *other* queries are labelled with, and which model codes the query says. The
weights were set by hand; docs/method.md, Catalogue check, says how they fared.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from models.catalogue import Product
from models.index.base import Neighbours
from models.index.build import build_index
from training.catalogue_check.evidence import Evidence, Rows
from training.catalogue_check.settings import CheckSettings
from training.catalogue_check.titles import DIGIT

SUGGESTIONS = 3
BEFORE_ALL = -4.0
FROM_MARGIN, MOST_FROM_MARGIN = 1.0, 3.0
FROM_NEIGHBOURS = 3.0
FROM_CODE = 1.5


@dataclass(frozen=True, slots=True)
class MislabelledPair:
    """A query, its label, and the product that suits it better with chance `score`.

    `labelled_votes` and `suggested_votes` are how many of `neighbours` nearest other queries have
    that label. `duplicates` is the chance that both products are one: then the catalogue is to be
    mended rather than the label, and `score` is lower by that.
    """

    query: str
    row: int
    labelled: Product
    suggested: Product
    score: float
    labelled_cosine: float
    suggested_cosine: float
    labelled_votes: int
    suggested_votes: int
    neighbours: int
    duplicates: float


@dataclass(frozen=True, slots=True)
class _Suspicion:
    """A query row, the row of its label, another product's row, and what speaks for the latter."""

    query: int
    label: int
    other: int
    margin: float
    label_votes: int
    other_votes: int


def find_mislabelled(
    evidence: Evidence, duplicates: Mapping[tuple[str, str], float], settings: CheckSettings
) -> tuple[MislabelledPair, ...]:
    """Return the likely wrong labels, most likely first, equal scores in the queries' order.

    `duplicates` has the score of each pair of product ids that may be one, in both orders.
    """
    suspicions = list(_suspicions(evidence, settings))
    usual = _spread([one.margin for one in suspicions])
    best: dict[tuple[int, int], MislabelledPair] = {}
    for one in suspicions:
        pair = _scored(evidence, one, usual, duplicates, settings)
        known = best.get((one.query, one.label))
        if known is None or pair.score > known.score:
            best[one.query, one.label] = pair
    likely = sorted(
        (one for one in best.values() if one.score >= settings.lowest_score),
        key=lambda one: -one.score,
    )
    return tuple(likely[: settings.most_findings])


def _suspicions(evidence: Evidence, settings: CheckSettings) -> Iterator[_Suspicion]:
    """Yield each label of each query beside the products that may suit the query better."""
    answers = _answers(evidence)
    neighbours = _neighbours(evidence, settings)
    for query in range(len(evidence.dataset)):
        labels = evidence.labels_of(query)
        if not len(labels):
            continue
        votes = _votes(evidence, neighbours[query])
        others = _others(answers.rows[query], labels, votes)
        for label in labels.tolist():
            vectors = evidence.products[[label, *others]]
            cosines = vectors @ evidence.queries[query]
            for at, other in enumerate(others, start=1):
                margin = float(cosines[at] - cosines[0])
                yield _Suspicion(
                    query, label, other, margin, votes.get(label, 0), votes.get(other, 0)
                )


def _answers(evidence: Evidence) -> Neighbours:
    most = int(np.diff(evidence.dataset.relevance.indptr).max(initial=0))
    count = min(most + SUGGESTIONS, len(evidence.products))
    return evidence.product_index.search(evidence.queries, count)


def _neighbours(evidence: Evidence, settings: CheckSettings) -> Rows:
    """Return the nearest other queries of each query; -1 where there are fewer."""
    index, _ = build_index(evidence.queries, evidence.queries, seed=settings.seed)
    found = index.search(evidence.queries, settings.nearest_queries + 1).rows
    itself = found == np.arange(len(found))[:, np.newaxis]
    # Among many equal vectors a query need not find itself; then its last neighbour is dropped.
    itself[~itself.any(axis=1), -1] = True
    others: Rows = found[~itself].reshape(len(found), -1)
    return others


def _votes(evidence: Evidence, neighbours: Rows) -> dict[int, int]:
    votes: dict[int, int] = {}
    for neighbour in neighbours[neighbours >= 0].tolist():
        for label in evidence.labels_of(neighbour).tolist():
            votes[label] = votes.get(label, 0) + 1
    return votes


def _others(answers: Rows, labels: Rows, votes: Mapping[int, int]) -> list[int]:
    """Return the best answers that are no label, and the one that most neighbours have."""
    right = set(labels.tolist())
    others = [row for row in answers.tolist() if row >= 0 and row not in right][:SUGGESTIONS]
    voted = max(
        (row for row in votes if row not in right), key=lambda row: (votes[row], -row), default=None
    )
    return others if voted is None or voted in others else [*others, voted]


def _scored(
    evidence: Evidence,
    one: _Suspicion,
    usual: float,
    duplicates: Mapping[tuple[str, str], float],
    settings: CheckSettings,
) -> MislabelledPair:
    products = evidence.dataset.products
    labelled, suggested = products[one.label], products[one.other]
    margin = FROM_MARGIN * one.margin / usual
    odds = BEFORE_ALL + float(np.clip(margin, -MOST_FROM_MARGIN, MOST_FROM_MARGIN))
    odds += FROM_NEIGHBOURS * _neighbours_say(evidence, one, settings)
    odds += FROM_CODE * _codes_say(evidence, one)
    same = duplicates.get((labelled.product_id, suggested.product_id), 0.0)
    vector = evidence.queries[one.query]
    return MislabelledPair(
        query=evidence.dataset.texts[one.query],
        row=one.query,
        labelled=labelled,
        suggested=suggested,
        score=float((1 - same) / (1 + np.exp(-odds))),
        labelled_cosine=float(evidence.products[one.label] @ vector),
        suggested_cosine=float(evidence.products[one.other] @ vector),
        labelled_votes=one.label_votes,
        suggested_votes=one.other_votes,
        neighbours=settings.nearest_queries,
        duplicates=same,
    )


def _neighbours_say(evidence: Evidence, one: _Suspicion, settings: CheckSettings) -> float:
    """Return from -1 (all possible votes for the label) to 1 (all for the other product).

    A product with few queries can have few votes: each side's are a share of those it could have.
    """
    own = min(len(evidence.queries_of(one.label)) - 1, settings.nearest_queries)
    others = min(len(evidence.queries_of(one.other)), settings.nearest_queries)
    for_label = one.label_votes / own if own else 0.0
    for_other = one.other_votes / others if others else 0.0
    return for_other - for_label


def _codes_say(evidence: Evidence, one: _Suspicion) -> int:
    """Return 1 when the query says a number of the other title only, -1 of the label's only."""
    said = evidence.query_tokens[one.query]
    label, other = evidence.title_tokens[one.label], evidence.title_tokens[one.other]
    return int(_any_number(said & (other - label))) - int(_any_number(said & (label - other)))


def _any_number(words: frozenset[str]) -> bool:
    return any(DIGIT.search(word) for word in words)


def _spread(margins: list[float]) -> float:
    """Return the standard deviation of all margins: what counts as much depends on the encoder."""
    values: npt.NDArray[np.float64] = np.array(margins)
    return float(values.std()) or 1.0 if len(values) else 1.0
