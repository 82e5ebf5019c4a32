"""References for tests."""

from __future__ import annotations

from models.drift.ngrams import ngrams
from models.drift.reference import TrafficReference


def small_reference(
    *known_texts: str,
    edges: tuple[float, ...] = (0.25, 0.5, 0.75),
    score_counts: tuple[int, ...] = (10, 20, 30, 40),
    unseen_ngrams: float = 0.02,
    truncated: float = 0.01,
) -> TrafficReference:
    known = frozenset(gram for text in known_texts for gram in ngrams(text))
    return TrafficReference(edges, score_counts, known, unseen_ngrams, truncated)
