"""Pairs of products that may be one: near vectors, answers that were mixed up, related codes."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from itertools import product

import numpy as np

from training.catalogue_check.evidence import Evidence
from training.catalogue_check.settings import CheckSettings
from training.catalogue_check.titles import LONGEST_SUFFIX, SHORTEST_CODE, is_suffixed

Pair = tuple[int, int]
# A code that more products carry is no code but a size or a frequency.
MOST_OF_ONE_CODE = 8


def candidate_pairs(
    evidence: Evidence, settings: CheckSettings, more: Sequence[Pair] = ()
) -> list[Pair]:
    """Return pairs of product rows, `more` included, the smaller first, ascending, each once."""
    found = {
        *_near(evidence, settings),
        *_mixed_up(evidence),
        *_related_codes(evidence),
        *more,
    }
    return sorted({(min(pair), max(pair)) for pair in found if pair[0] != pair[1]})


def _near(evidence: Evidence, settings: CheckSettings) -> Iterator[Pair]:
    count = min(settings.nearest_products + 1, len(evidence.products))
    found = evidence.product_index.search(evidence.products, count)
    for row, others in enumerate(found.rows.tolist()):
        for other in others:
            if other >= 0:
                yield row, other


def _mixed_up(evidence: Evidence) -> Iterator[Pair]:
    """Yield the product that answers a query beside the one that is its label."""
    answers = evidence.product_index.search(evidence.queries, 1).rows[:, 0]
    labels = evidence.dataset.relevance
    asked = np.repeat(np.arange(len(evidence.dataset)), np.diff(labels.indptr))
    for answer, label in zip(answers[asked].tolist(), labels.indices.tolist(), strict=True):
        if answer >= 0:
            yield answer, label


def _related_codes(evidence: Evidence) -> Iterator[Pair]:
    carriers: dict[str, list[int]] = defaultdict(list)
    for row, words in enumerate(evidence.title_tokens):
        for word in words:
            if len(word) >= SHORTEST_CODE:
                carriers[word].append(row)
    for code, rows in carriers.items():
        for length in range(max(SHORTEST_CODE, len(code) - LONGEST_SUFFIX), len(code)):
            others = carriers.get(code[:length], [])
            few = 0 < len(others) <= MOST_OF_ONE_CODE and len(rows) <= MOST_OF_ONE_CODE
            if few and is_suffixed(code[:length], code):
                yield from product(rows, others)
