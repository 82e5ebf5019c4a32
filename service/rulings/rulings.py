"""What a person's verdict means for a text and its products."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from uuid import UUID

from service.database.events import SERVICE
from service.database.tables import Answer, Ruling

RULING_ANSWERS = (Answer.ACCEPTED, Answer.NONE)


@dataclass(frozen=True, slots=True)
class NewRuling:
    """Whether a product may be accepted for a text without a person, from now on.

    It follows from a verdict, or was made by hand and then has a reason. `text` is given where
    no task has it.
    """

    text_key: bytes
    text: str | None
    product_id: str
    ruling: Ruling
    task_id: UUID | None
    verdict_id: UUID | None
    person: str
    reason: str | None


@dataclass(frozen=True, slots=True)
class StoredRuling:
    """A ruling with its text; `in_force` says whether it is the newest on its pair."""

    id: int
    text: str
    product_id: str
    ruling: Ruling
    task_id: UUID | None
    verdict_id: UUID | None
    person: str
    reason: str | None
    created_at: datetime
    in_force: bool


@dataclass(frozen=True, slots=True)
class FinalVerdict:
    """The final verdict of a task, the text that it is about and the products that were shown."""

    id: UUID
    task_id: UUID
    text_key: bytes
    answer: Answer
    product_ids: Sequence[str]
    shown: Sequence[str]
    person: str


@dataclass(frozen=True, slots=True)
class PastRuling:
    """A ruling as its history has it; `stands` says whether its verdict is still a final one.

    What was made by hand has no verdict and stands. `withdrawn_by` took the verdict back.
    """

    text_key: bytes
    text: str | None
    product_id: str
    ruling: Ruling
    task_id: UUID | None
    verdict_id: UUID | None
    stands: bool
    withdrawn_by: str | None


def rulings_of(verdict: FinalVerdict) -> Iterator[NewRuling]:
    """Return what follows: what is named is allowed, what was shown and not named is blocked.

    Nothing follows from a person who was not sure.
    """
    if verdict.answer not in RULING_ANSWERS:
        return
    blocked = (product for product in verdict.shown if product not in verdict.product_ids)
    for ruling, products in (
        (Ruling.ALLOWED, verdict.product_ids),
        (Ruling.BLOCKED, blocked),
    ):
        for product_id in products:
            yield NewRuling(
                text_key=verdict.text_key,
                text=None,
                product_id=product_id,
                ruling=ruling,
                task_id=verdict.task_id,
                verdict_id=verdict.id,
                person=verdict.person,
                reason=None,
            )


def restored(history: Sequence[PastRuling]) -> Iterator[NewRuling]:
    """Return what holds again for every pair whose newest ruling does not stand any more.

    `history` has all rulings on these pairs, pair by pair, oldest first. What holds is the newest
    ruling that stands; where there is none the pair is allowed, as it was before anybody ruled.
    """
    for _, of_pair in groupby(history, key=lambda one: (one.text_key, one.product_id)):
        rulings = list(of_pair)
        if not rulings[-1].stands:
            *_, held = (None, *(one for one in rulings if one.stands))
            yield _restored(rulings[-1], held)


def _restored(newest: PastRuling, held: PastRuling | None) -> NewRuling:
    return NewRuling(
        text_key=newest.text_key,
        text=None if held is None else held.text,
        product_id=newest.product_id,
        ruling=Ruling.ALLOWED if held is None else held.ruling,
        task_id=newest.task_id if held is None else held.task_id,
        verdict_id=None if held is None else held.verdict_id,
        person=newest.withdrawn_by or SERVICE,
        reason=f"the verdict on task {newest.task_id} was withdrawn",
    )
