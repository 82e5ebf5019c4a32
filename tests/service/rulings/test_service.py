from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import Engine, select

from service.database.engine import transaction
from service.database.tables import Answer, EventRow, Ruling
from service.errors import InvalidCursor, ProductNotFound
from service.rulings.service import RulingBook, RulingKeeper
from tests.service.conftest import FakeClock
from tests.service.rulings.verdicts import answer, book_of, history, in_force, withdraw

ALLOWED, BLOCKED = Ruling.ALLOWED, Ruling.BLOCKED
TEXT = "bosch fridge 203 cm"


@pytest.fixture
def book(engine: Engine, clock: FakeClock) -> RulingBook:
    return book_of(engine, clock)


def test_a_verdict_rules_on_what_it_names_and_on_what_was_shown(
    engine: Engine, clock: FakeClock
) -> None:
    answer(engine, clock, TEXT, Answer.ACCEPTED, "p2", "p4")
    expected = {"p1": BLOCKED, "p2": ALLOWED, "p3": BLOCKED, "p4": ALLOWED}
    assert in_force(engine, clock, TEXT) == expected


def test_the_ruling_is_on_the_text_from_any_source_and_however_it_is_written(
    engine: Engine, clock: FakeClock
) -> None:
    answer(engine, clock, TEXT, Answer.NONE)
    assert in_force(engine, clock, f"  {TEXT.upper()}") == dict.fromkeys(
        ["p1", "p2", "p3"], BLOCKED
    )
    assert in_force(engine, clock, f"{TEXT} white") == {}


def test_who_is_not_sure_rules_nothing(engine: Engine, clock: FakeClock) -> None:
    answer(engine, clock, TEXT, Answer.UNSURE)
    assert history(engine, clock, TEXT) == []


def test_the_newest_verdict_counts_and_the_older_is_history(
    engine: Engine, clock: FakeClock
) -> None:
    first = answer(engine, clock, TEXT, Answer.NONE)
    second = answer(engine, clock, TEXT, Answer.ACCEPTED, "p1", source="other", person="ben")
    assert in_force(engine, clock, TEXT) == {"p1": ALLOWED, "p2": BLOCKED, "p3": BLOCKED}
    on_p1 = [one for one in history(engine, clock, TEXT) if one.product_id == "p1"]
    assert [(one.ruling, one.task_id, one.person) for one in on_p1] == [
        (ALLOWED, second, "ben"),
        (BLOCKED, first, "ann"),
    ]
    assert on_p1[0].created_at == clock.now
    assert {one.text for one in on_p1} == {TEXT}


def test_a_withdrawn_verdict_leaves_what_held_before(engine: Engine, clock: FakeClock) -> None:
    first = answer(engine, clock, TEXT, Answer.NONE)
    second = answer(engine, clock, TEXT, Answer.ACCEPTED, "p1", "p4", source="other")
    withdraw(engine, clock, second)
    assert in_force(engine, clock, TEXT) == {
        "p1": BLOCKED,
        "p2": BLOCKED,
        "p3": BLOCKED,
        "p4": ALLOWED,
    }
    restored = next(one for one in history(engine, clock, TEXT) if one.product_id == "p1")
    assert (restored.task_id, restored.person) == (first, "eve")
    assert restored.reason == f"the verdict on task {second} was withdrawn"


def test_a_withdrawn_verdict_does_not_touch_a_later_one(engine: Engine, clock: FakeClock) -> None:
    first = answer(engine, clock, TEXT, Answer.ACCEPTED, "p1")
    answer(engine, clock, TEXT, Answer.NONE, source="other")
    before = history(engine, clock, TEXT)
    withdraw(engine, clock, first)
    assert history(engine, clock, TEXT) == before


def test_verdicts_withdrawn_one_after_the_other_leave_nothing(
    engine: Engine, clock: FakeClock
) -> None:
    """Whichever goes first, a withdrawn verdict never comes back."""
    first = answer(engine, clock, TEXT, Answer.NONE)
    second = answer(engine, clock, TEXT, Answer.NONE, source="other")
    for task_id in (first, second):
        withdraw(engine, clock, task_id)
    assert set(in_force(engine, clock, TEXT).values()) == {ALLOWED}
    assert len(history(engine, clock, TEXT)) == 3 + 3 + 3


def test_a_person_overturns_a_verdict_by_hand(
    engine: Engine, clock: FakeClock, book: RulingBook
) -> None:
    task_id = answer(engine, clock, TEXT, Answer.NONE)
    made = book.rule_by_hand(TEXT.title(), "p1", ALLOWED, "same fridge, new name", "root")
    assert (made.text, made.ruling, made.person) == (TEXT.title(), ALLOWED, "root")
    assert (made.task_id, made.reason, made.in_force) == (None, "same fridge, new name", True)
    assert in_force(engine, clock, TEXT)["p1"] is ALLOWED
    withdraw(engine, clock, task_id)
    assert in_force(engine, clock, TEXT)["p1"] is ALLOWED
    [event] = _events(engine)
    assert (event.subject_id, event.kind, event.actor) == (str(made.id), "allowed", "root")
    assert event.details["reason"] == "same fridge, new name"


def test_what_was_ruled_by_hand_holds_again_when_a_later_verdict_is_withdrawn(
    engine: Engine, clock: FakeClock, book: RulingBook
) -> None:
    book.rule_by_hand(TEXT, "p1", BLOCKED, "another hinge side", "root")
    task_id = answer(engine, clock, TEXT, Answer.ACCEPTED, "p1")
    assert in_force(engine, clock, TEXT)["p1"] is ALLOWED
    withdraw(engine, clock, task_id)
    assert in_force(engine, clock, TEXT)["p1"] is BLOCKED


def test_a_product_outside_the_catalogue_is_not_ruled_on(
    engine: Engine, clock: FakeClock, book: RulingBook
) -> None:
    with pytest.raises(ProductNotFound, match="'p99'"):
        book.rule_by_hand(TEXT, "p99", BLOCKED, "wrong", "root")
    assert history(engine, clock, TEXT) == []


def test_rulings_are_shown_page_by_page_newest_first(
    engine: Engine, clock: FakeClock, book: RulingBook
) -> None:
    for text in ("one", "two", "three"):
        book.rule_by_hand(text, "p1", BLOCKED, "test", "root")
    book.rule_by_hand("one", "p2", BLOCKED, "test", "root")
    first = book.page(2, product_id="p1")
    assert [one.text for one in first.rows] == ["three", "two"]
    last = book.page(2, product_id="p1", cursor=first.next_cursor)
    assert [one.text for one in last.rows] == ["one"]
    assert last.next_cursor is None
    assert [one.product_id for one in book.page(9, text="one").rows] == ["p2", "p1"]
    assert len(book.page(9, text="one", product_id="p2").rows) == 1
    assert len(book.page(9).rows) == 4


@pytest.mark.parametrize("cursor", ["", "x", "-1", "1.5", "9" * 19, "٣"])
def test_a_strange_cursor_is_refused(book: RulingBook, cursor: str) -> None:
    with pytest.raises(InvalidCursor):
        book.page(1, cursor=cursor)


def test_who_restores_waits_for_a_ruling_that_is_not_committed_yet(
    engine: Engine, clock: FakeClock
) -> None:
    """Otherwise what is restored could come after it and lift a block that nobody withdrew."""
    allowed = answer(engine, clock, TEXT, Answer.ACCEPTED, "p1")
    blocked = answer(engine, clock, TEXT, Answer.NONE, source="other")
    with ThreadPoolExecutor() as pool:
        with transaction(engine) as connection:
            RulingKeeper(clock).verdict_given(connection, blocked)  # a second time, uncommitted
            restoring = pool.submit(withdraw, engine, clock, allowed)
            with pytest.raises(TimeoutError):
                restoring.result(timeout=0.3)
        restoring.result(timeout=10)
    assert set(in_force(engine, clock, TEXT).values()) == {BLOCKED}


def test_rulings_from_several_sources_do_not_wait_for_each_other(
    engine: Engine, clock: FakeClock, book: RulingBook
) -> None:
    task_id = answer(engine, clock, TEXT, Answer.NONE)
    with ThreadPoolExecutor() as pool, transaction(engine) as connection:
        RulingKeeper(clock).verdict_given(connection, task_id)
        by_hand = pool.submit(book.rule_by_hand, TEXT, "p1", ALLOWED, "checked", "root")
        assert by_hand.result(timeout=10).in_force


def test_nothing_follows_from_a_task_without_a_final_verdict(
    engine: Engine, clock: FakeClock
) -> None:
    task_id = answer(engine, clock, TEXT, Answer.NONE)
    withdraw(engine, clock, task_id)
    before = history(engine, clock, TEXT)
    with transaction(engine) as connection:
        RulingKeeper(clock).verdict_given(connection, task_id)
    assert history(engine, clock, TEXT) == before


def _events(engine: Engine) -> list[EventRow]:
    with transaction(engine) as connection:
        query = select(EventRow.__table__).where(EventRow.subject == "ruling")
        return list(connection.execute(query).all())  # type: ignore[arg-type]
