"""What was decided about a query."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from uuid import UUID

from models.thresholds import Promise
from service.database.tables import Decision
from service.promise.effective import Part
from service.review.tasks import Candidate, VerifiedAnswer
from service.rulings.blocks import Block


@dataclass(frozen=True, slots=True)
class NamedProduct:
    """A product that a person named and the model did not propose, so it has no score."""

    product_id: str
    title: str
    score: None = None
    rank: None = None
    probability: None = None
    reasons: None = None


@dataclass(frozen=True, slots=True)
class Judgement:
    """What the model's answer to one query is, before a person's verdict is asked for.

    The first `accepted` candidates may be applied. `threshold` is the one that applied, and
    `group` the group that it is of: None is that of all other queries. `tightened` has those of
    the promises it was compared with that broke.
    """

    decision: Decision
    accepted: int
    group: str | None
    threshold: float | None
    target_precision: float
    tightened: tuple[Part, ...] = ()


@dataclass(frozen=True, slots=True)
class Decided:
    """The answer to one query; the ids are None where nothing was recorded.

    `judgement` is what the model's answer was, also where a person's verdict goes before it.
    `blocked_by` is the ruling that left the query to a person.
    """

    decision: Decision
    auto_accepted: Sequence[Candidate | NamedProduct]
    manual_review: Sequence[Candidate]
    judgement: Judgement
    verdict: VerifiedAnswer | None = None
    blocked_by: Block | None = None
    decision_id: UUID | None = None
    review_task_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class Degraded:
    """What the answer lacks, for machines and for people."""

    reason: str
    detail: str


NOT_RECORDED = Degraded(
    "decisions_not_recorded",
    "The database is away: these decisions are not recorded. None is about a text that people had"
    " ruled on when rulings were last read.",
)


@dataclass(frozen=True, slots=True)
class Outcome:
    """The answers to one request, in the order of its queries, and the promises they are under.

    `no_match` is the promise of answers that no product is right, where such answers are given.
    """

    decided: Sequence[Decided]
    promise: Promise
    no_match: Promise | None
    degraded: Degraded | None = None


def degradation(decided: Iterable[Decided], *, recorded: bool) -> Degraded | None:
    """Return what the answers lack; where several things are, the first is the reason."""
    broken = {part for one in decided if one.verdict is None for part in one.judgement.tightened}
    lacks = [] if recorded else [NOT_RECORDED]
    if broken:
        lacks.append(promise_broken(broken))
    if not lacks:
        return None
    return Degraded(lacks[0].reason, " ".join(one.detail for one in lacks))


def promise_broken(parts: Iterable[Part]) -> Degraded:
    """Name the parts of the promise that audits have spoken against."""
    names = ", ".join(sorted(map(_in_words, parts)))
    return Degraded(
        "promise_broken",
        f"Audits have shown that this promise does not hold at its certified threshold: {names}."
        " A stricter one is in force, or none, so that more queries wait for a person.",
    )


def _in_words(part: Part) -> str:
    decision, group = part
    if decision is Decision.NO_MATCH:
        return "that no product is right"
    return "queries without a threshold of their own" if group is None else f"group {group!r}"
