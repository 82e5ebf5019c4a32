"""Products that are likely to be one, with a score and the reasons.

The score is the chance that adds up from three kinds of evidence as log-odds: how the titles
differ, how close the vectors are, and whether the queries of the two can be told apart. The
weights were set by hand on pairs of the vendored sample; docs/method.md, Catalogue check, says how
they fared.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from models.catalogue import Product
from training.catalogue_check.candidates import Pair, candidate_pairs
from training.catalogue_check.confusion import Confusion, confusion
from training.catalogue_check.evidence import Evidence
from training.catalogue_check.settings import CheckSettings
from training.catalogue_check.titles import Difference, TitleDifference, title_difference

# Log-odds that a pair of near products is one, by how their titles differ. Titles that differ in
# a number or a model code are two products, and are not listed.
PRIOR = {
    Difference.SPELLING: 4.5,
    Difference.SUFFIX: 0.8,
    Difference.SUFFIX_AND_WORDS: -1.0,
    Difference.EXTRA_WORDS: -1.7,
    Difference.OTHER_WORDS: -3.0,
}
WORDS = (Difference.EXTRA_WORDS, Difference.OTHER_WORDS, Difference.SUFFIX_AND_WORDS)
# A word that separates many pairs of products ("Dual SIM") names a variant, so each pair counts
# against each other.
REPEATED_WORDS = 0.5
CONFUSED_QUERY, DISTINCT_QUERY, MOST_FROM_QUERIES = 1.0, 0.35, 3.0
MOST_FROM_VECTORS = 1.0


@dataclass(frozen=True, slots=True)
class DuplicatePair:
    """Two products of the catalogue, and the chance in [0, 1] that they are one.

    `repeated` is how many pairs of near products differ in one of the words that these differ in,
    0 where they differ in spelling or a suffix alone.
    """

    first: Product
    second: Product
    score: float
    difference: TitleDifference
    cosine: float
    confusion: Confusion
    repeated: int


@dataclass(frozen=True, slots=True)
class _Candidate:
    pair: Pair
    difference: TitleDifference
    cosine: float


def find_duplicates(
    evidence: Evidence, settings: CheckSettings, more: Sequence[Pair] = ()
) -> tuple[DuplicatePair, ...]:
    """Return the likely duplicates, most likely first, equal scores in the catalogue's order.

    `more` are pairs of product rows to be looked at as well.
    """
    candidates = _candidates(evidence, settings, more)
    closeness = _standardised([one.cosine for one in candidates])
    repeated = _repeated(candidates)
    pairs = [
        _scored(evidence, one, near, _most_repeated(one, repeated), settings)
        for one, near in zip(candidates, closeness, strict=True)
        if one.difference.kind in PRIOR
    ]
    likely = sorted(
        (one for one in pairs if one.score >= settings.lowest_score), key=lambda one: -one.score
    )
    return tuple(likely[: settings.most_findings])


def _candidates(
    evidence: Evidence, settings: CheckSettings, more: Sequence[Pair]
) -> list[_Candidate]:
    products = evidence.dataset.products
    return [
        _Candidate(
            (first, second),
            title_difference(products[first].title, products[second].title),
            float(evidence.products[first] @ evidence.products[second]),
        )
        for first, second in candidate_pairs(evidence, settings, more)
    ]


def _scored(
    evidence: Evidence,
    candidate: _Candidate,
    closeness: float,
    repeated: int,
    settings: CheckSettings,
) -> DuplicatePair:
    first, second = candidate.pair
    mixed = confusion(evidence, first, second, candidate.difference, settings.queries_per_product)
    odds = PRIOR[candidate.difference.kind] + closeness + _from_queries(mixed)
    if repeated:
        odds -= REPEATED_WORDS * float(np.log(repeated))
    return DuplicatePair(
        first=evidence.dataset.products[first],
        second=evidence.dataset.products[second],
        score=float(1 / (1 + np.exp(-odds))),
        difference=candidate.difference,
        cosine=candidate.cosine,
        confusion=mixed,
        repeated=repeated,
    )


def _from_queries(mixed: Confusion) -> float:
    distinct = mixed.queries - mixed.confused
    evidence = CONFUSED_QUERY * mixed.confused - DISTINCT_QUERY * distinct
    return float(np.clip(evidence, -MOST_FROM_QUERIES, MOST_FROM_QUERIES))


def _standardised(cosines: Sequence[float]) -> list[float]:
    """Return how close each pair is among all candidates: encoders differ in what is near."""
    values = np.array(cosines)
    if not len(values) or not values.std():
        return [0.0] * len(values)
    deviations = (values - values.mean()) / values.std() / 2
    return [float(one) for one in np.clip(deviations, -MOST_FROM_VECTORS, MOST_FROM_VECTORS)]


def _repeated(candidates: Sequence[_Candidate]) -> Counter[str]:
    """Return how many pairs differ in a word, among those that differ in words alone."""
    by_words = (one.difference for one in candidates if one.difference.kind in WORDS)
    return Counter(word for one in by_words for word in {*one.only_first, *one.only_second})


def _most_repeated(candidate: _Candidate, repeated: Counter[str]) -> int:
    if candidate.difference.kind not in WORDS:
        return 0
    words = (*candidate.difference.only_first, *candidate.difference.only_second)
    return max((repeated[word] for word in words), default=0)
