"""One text with the answer that a bundle gave to it, and what counts as another answer."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

# Another processor or library moves a cosine by 1e-5 at most; another encoder or index by 0.1.
# Between the two, this is too little to change what a threshold means.
TOLERANCE = 1e-3
# The last digit of a cosine may lead to another leaf of some trees; another decider changes more.
PROBABILITY_TOLERANCE = 0.05


@dataclass(frozen=True, slots=True)
class Probe:
    """A text, and the catalogue rows and scores of its candidates, best first.

    Where a decider judged them, there are as many `probabilities`, None for what it did not judge.
    """

    text: str
    rows: tuple[int, ...]
    scores: tuple[float, ...]
    probabilities: tuple[float | None, ...] = ()

    def __post_init__(self) -> None:
        """Raise ValueError when there are not as many numbers as rows."""
        judged = len(self.probabilities) or len(self.rows)
        if not len(self.scores) == judged == len(self.rows):
            raise ValueError("a probe needs as many scores, and probabilities if any, as rows")


class _Answer(NamedTuple):
    row: int
    score: float
    probability: float | None


def difference(expected: Probe, found: Probe) -> str | None:
    """Return how two answers differ, or None.

    Products that are as good as equal may change places, and the last ones may give way to products
    that are as good.
    """
    if len(expected.rows) != len(found.rows):
        return f"finds {len(found.rows)} products instead of {len(expected.rows)}"
    if bool(expected.probabilities) != bool(found.probabilities):
        return f"has {'unexpected' if found.probabilities else 'no'} probabilities"
    return _other_products(expected, found) or _other_ranks(expected, found)


def _other_products(expected: Probe, found: Probe) -> str | None:
    now = {answer.row: answer for answer in _answers(found)}
    for before in _answers(expected):
        if before.row in now:
            reason = _other_numbers(before, now[before.row])
            if reason:
                return f"finds row {before.row} with the {reason}"
        elif not _may_give_way(before, found):
            return f"does not find row {before.row}, which scored {before.score:.4f}"
    return None


def _other_ranks(expected: Probe, found: Probe) -> str | None:
    """Return the first rank where something else decides: a new product may have come there."""
    pairs = zip(_answers(expected), _answers(found), strict=True)
    for rank, (before, now) in enumerate(pairs, start=1):
        reason = _other_numbers(before, now, decided=before.probability is not None)
        if reason:
            return f"has at rank {rank} the {reason}"
    return None


def _other_numbers(before: _Answer, now: _Answer, *, decided: bool = False) -> str | None:
    """Return which number differs; the scores need not be equal where others `decided`."""
    if not decided and abs(before.score - now.score) > TOLERANCE:
        return f"score {now.score:.4f} instead of {before.score:.4f}"
    if before.probability is None and now.probability is None:
        return None
    if before.probability is None or now.probability is None:
        return f"probability {now.probability} instead of {before.probability}"
    if abs(before.probability - now.probability) > PROBABILITY_TOLERANCE:
        return f"probability {now.probability:.4f} instead of {before.probability:.4f}"
    return None


def _may_give_way(lost: _Answer, found: Probe) -> bool:
    """Return whether the product is no better than the last one found, by what it is found by."""
    if lost.score <= min(found.scores) + TOLERANCE:
        return True
    last = found.probabilities[-1] if found.probabilities else None
    if lost.probability is None or last is None:
        return False
    return lost.probability <= last + PROBABILITY_TOLERANCE


def _answers(probe: Probe) -> list[_Answer]:
    probabilities = probe.probabilities or (None,) * len(probe.rows)
    return [_Answer(*one) for one in zip(probe.rows, probe.scores, probabilities, strict=True)]
