"""Take the reference of a bundle from the queries it was made with."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from models.drift.ngrams import word_ngrams
from models.drift.reference import Scores, TrafficReference, bin_counts, bin_edges
from models.encoder import Encoder
from models.errors import ConfigurationError
from models.text import words


@dataclass(frozen=True, slots=True)
class DriftSettings:
    """What a bundle remembers of its traffic, so that other traffic is noticed without labels."""

    bins: int = 10
    """Bins of the deciding score, each of about as many held-out queries."""

    known_ngrams: int = 200_000
    """Most frequent character 3-grams of training queries and titles that count as known."""

    def __post_init__(self) -> None:
        """Raise ConfigurationError naming the field that cannot be used."""
        if self.bins < 2:
            raise ConfigurationError(f"bins must be at least 2, got {self.bins}")
        if self.known_ngrams < 1:
            raise ConfigurationError(f"known_ngrams must be at least 1, got {self.known_ngrams}")


def take_reference(
    encoder: Encoder,
    known_texts: Iterable[str],
    texts: Sequence[str],
    scores: Scores,
    settings: DriftSettings,
) -> TrafficReference | None:
    """Return the reference of held-out `texts`, whose best products have these deciding scores.

    `known_texts` are those that the model learnt from. None where there are no held-out texts.
    """
    if not texts:
        return None
    known = frequent_ngrams(known_texts, settings.known_ngrams)
    return _reference_of(encoder, known, texts, scores, settings.bins)


def _reference_of(
    encoder: Encoder, known: frozenset[str], texts: Sequence[str], scores: Scores, bins: int
) -> TrafficReference:
    edges = bin_edges(scores, bins)
    without_shares = TrafficReference(edges, tuple(bin_counts(scores, edges).tolist()), known, 0, 0)
    counted = [without_shares.unseen(text) for text in texts]
    total = sum(found for found, _ in counted)
    return TrafficReference(
        edges,
        without_shares.score_counts,
        known,
        unseen_ngrams=sum(unseen for _, unseen in counted) / total if total else 0.0,
        truncated=float(encoder.truncated(texts).mean()),
    )


def retake_reference(
    reference: TrafficReference, encoder: Encoder, texts: Sequence[str], scores: Scores
) -> TrafficReference:
    """Return the reference of newer traffic to the same model: what it learnt from is the same.

    There must be `texts`, whose best products have these deciding scores.
    """
    return _reference_of(encoder, reference.known, texts, scores, reference.bins)


def frequent_ngrams(texts: Iterable[str], most: int) -> frozenset[str]:
    """Return the most frequent n-grams, at most so many; a tie goes to the first by name."""
    counted = Counter[str]()
    for word, count in _words(texts).items():
        for gram in word_ngrams(word):
            counted[gram] += count
    ranked = sorted(counted, key=lambda gram: (-counted[gram], gram))
    return frozenset(ranked[:most])


def _words(texts: Iterable[str]) -> Counter[str]:
    """Return how often each word occurs: the same words come again and again."""
    counted = Counter[str]()
    for text in texts:
        counted.update(words(text))
    return counted
