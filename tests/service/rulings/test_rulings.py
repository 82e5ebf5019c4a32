from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.database.tables import Answer, Ruling
from service.rulings.rulings import FinalVerdict, PastRuling, restored, rulings_of

ALLOWED, BLOCKED = Ruling.ALLOWED, Ruling.BLOCKED
KEY = b"text"
TASK = UUID(int=7)
FIRST, SECOND, THIRD = (UUID(int=number) for number in (1, 2, 3))


def verdict(answer: Answer, *products: str, shown: Sequence[str] = ("p1", "p2")) -> FinalVerdict:
    return FinalVerdict(FIRST, TASK, KEY, answer, products, shown, "ann")


def ruled(given: FinalVerdict) -> list[tuple[str, Ruling]]:
    return [(one.product_id, one.ruling) for one in rulings_of(given)]


def test_what_is_named_is_allowed_and_what_was_shown_beside_it_is_blocked() -> None:
    assert ruled(verdict(Answer.ACCEPTED, "p2")) == [("p2", ALLOWED), ("p1", BLOCKED)]


def test_a_product_that_was_not_shown_is_allowed_too() -> None:
    found = ruled(verdict(Answer.ACCEPTED, "p9"))
    assert found == [("p9", ALLOWED), ("p1", BLOCKED), ("p2", BLOCKED)]


def test_none_of_them_blocks_all_that_were_shown() -> None:
    assert ruled(verdict(Answer.NONE)) == [("p1", BLOCKED), ("p2", BLOCKED)]


@pytest.mark.parametrize("answer", [Answer.UNSURE, Answer.WITHDRAWN])
def test_nothing_follows_from_who_is_not_sure(answer: Answer) -> None:
    assert ruled(verdict(answer)) == []


def test_a_ruling_names_the_task_the_verdict_and_the_person() -> None:
    [ruling] = rulings_of(verdict(Answer.NONE, shown=["p1"]))
    assert (ruling.task_id, ruling.verdict_id, ruling.person) == (TASK, FIRST, "ann")
    assert (ruling.text_key, ruling.text, ruling.reason) == (KEY, None, None)


def past(
    ruling: Ruling, verdict_id: UUID | None, *, stands: bool = True, product_id: str = "p1"
) -> PastRuling:
    """A ruling on the pair; one without a verdict was made by hand, what fell was eve's doing."""
    text, task_id = ("by hand", None) if verdict_id is None else (None, TASK)
    withdrawn_by = None if stands else "eve"
    return PastRuling(KEY, text, product_id, ruling, task_id, verdict_id, stands, withdrawn_by)


def fallen(ruling: Ruling, verdict_id: UUID, product_id: str = "p1") -> PastRuling:
    return past(ruling, verdict_id, stands=False, product_id=product_id)


def test_the_ruling_before_holds_again() -> None:
    [again] = restored([past(BLOCKED, FIRST), fallen(ALLOWED, SECOND)])
    assert (again.ruling, again.verdict_id, again.person) == (BLOCKED, FIRST, "eve")
    assert again.reason == f"the verdict on task {TASK} was withdrawn"


def test_a_ruling_by_hand_holds_again_with_its_text() -> None:
    [again] = restored([past(BLOCKED, None), fallen(ALLOWED, SECOND)])
    assert (again.ruling, again.text, again.task_id) == (BLOCKED, "by hand", None)


def test_where_nobody_ruled_before_the_pair_is_allowed_as_it_was() -> None:
    [again] = restored([fallen(BLOCKED, FIRST)])
    assert (again.ruling, again.verdict_id, again.task_id) == (ALLOWED, None, TASK)


def test_a_later_ruling_goes_on_to_hold() -> None:
    assert list(restored([fallen(BLOCKED, FIRST), past(ALLOWED, SECOND)])) == []
    assert list(restored([fallen(BLOCKED, FIRST), past(ALLOWED, None)])) == []


def test_a_verdict_that_was_withdrawn_before_does_not_come_back() -> None:
    [again] = restored([past(BLOCKED, FIRST), fallen(ALLOWED, SECOND), fallen(ALLOWED, THIRD)])
    assert again.verdict_id == FIRST


def test_each_pair_is_restored_on_its_own() -> None:
    history = [
        past(BLOCKED, FIRST, product_id="p1"),
        fallen(ALLOWED, SECOND, product_id="p1"),
        fallen(BLOCKED, SECOND, product_id="p2"),
        past(BLOCKED, FIRST, product_id="p3"),
    ]
    again = [(one.product_id, one.ruling) for one in restored(history)]
    assert again == [("p1", BLOCKED), ("p2", ALLOWED)]


each_step = st.tuples(st.integers(0, 5), st.sampled_from([*Ruling, None]))


@given(st.lists(each_step, max_size=14))
def test_the_newest_ruling_is_always_that_of_the_newest_verdict_that_stands(
    steps: list[tuple[int, Ruling | None]],
) -> None:
    """Each step gives a verdict, or withdraws one of those that still stand."""
    history: list[PastRuling] = []
    standing: dict[UUID, Ruling] = {}
    for choice, ruling in steps:
        if ruling is not None:
            verdict_id = uuid4()
            standing[verdict_id] = ruling
            history.append(past(ruling, verdict_id))
        elif standing:
            del standing[list(standing)[choice % len(standing)]]
        history = [
            past(one.ruling, one.verdict_id, stands=one.verdict_id in {None, *standing})
            for one in history
        ]
        history += [past(one.ruling, one.verdict_id) for one in restored(history)]
        expected = list(standing.values())[-1] if standing else ALLOWED
        assert not history or history[-1].ruling is expected
