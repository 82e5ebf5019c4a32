"""What is counted of queries, whatever the time it is counted for."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import zip_longest

from models.bundle.bundle import Bundle
from service.database.tables import Decision


@dataclass(frozen=True, slots=True)
class Seen:
    """A query that was answered: its text, what decided about its best product, and the decision.

    `deciding` is -inf where there was no product.
    """

    text: str
    deciding: float
    decision: Decision


@dataclass(frozen=True, slots=True)
class Counts:
    """Sums over queries. `score_counts` are by bin of the bundle's reference, () without one."""

    queries: int = 0
    score_counts: tuple[int, ...] = ()
    ngrams: int = 0
    unseen_ngrams: int = 0
    truncated: int = 0
    decisions: Counter[Decision] = field(default_factory=Counter)

    def __add__(self, other: Counts) -> Counts:
        """Return the sums over the queries of both."""
        bins = zip_longest(self.score_counts, other.score_counts, fillvalue=0)
        return Counts(
            self.queries + other.queries,
            tuple(one + another for one, another in bins),
            self.ngrams + other.ngrams,
            self.unseen_ngrams + other.unseen_ngrams,
            self.truncated + other.truncated,
            self.decisions + other.decisions,
        )


def total(counts: Iterable[Counts]) -> Counts:
    """Return the sum of several."""
    return sum(counts, start=Counts())


def counts_of(bundle: Bundle, seen: Sequence[Seen]) -> Counts:
    """Return the counts of some queries that this bundle answered."""
    decisions = Counter(one.decision for one in seen)
    reference = bundle.reference
    if reference is None:
        return Counts(queries=len(seen), decisions=decisions)
    texts = [one.text for one in seen]
    ngrams = [reference.unseen(text) for text in texts]
    return Counts(
        queries=len(seen),
        score_counts=tuple(reference.score_bins([one.deciding for one in seen]).tolist()),
        ngrams=sum(found for found, _ in ngrams),
        unseen_ngrams=sum(unseen for _, unseen in ngrams),
        truncated=int(bundle.runtime.encoder.truncated(texts).sum()),
        decisions=decisions,
    )
