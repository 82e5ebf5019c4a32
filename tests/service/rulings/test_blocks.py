from __future__ import annotations

from sqlalchemy import Engine

from service.database.engine import transaction
from service.database.tables import Answer, Ruling
from service.recommend.keys import text_key
from service.recommend.said import read_said
from service.rulings.blocks import BlocksOfText, first_block
from tests.service.conftest import FakeClock
from tests.service.rulings.verdicts import answer, book_of, history, withdraw

TEXT = "bosch fridge 203 cm"


def blocks(engine: Engine, text: str = TEXT) -> BlocksOfText:
    with transaction(engine) as connection:
        keys = [text_key(text), text_key("never asked")]
        found = read_said(connection, [], keys).blocks
    assert found.keys() <= {text_key(text)}
    return found.get(text_key(text), {})


def test_what_a_person_said_no_to_is_blocked(engine: Engine, clock: FakeClock) -> None:
    task_id = answer(engine, clock, TEXT, Answer.ACCEPTED, "p2")
    found = blocks(engine)
    assert found.keys() == {"p1", "p3"}
    assert (found["p1"].task_id, found["p1"].ruled_at) == (task_id, clock.now)
    assert found["p1"].by_hand_at is None
    ruling_ids = {one.id for one in history(engine, clock, TEXT) if one.product_id == "p1"}
    assert ruling_ids == {found["p1"].ruling_id}
    assert blocks(engine, "another text") == {}


def test_only_the_newest_ruling_counts(engine: Engine, clock: FakeClock) -> None:
    answer(engine, clock, TEXT, Answer.NONE)
    allowed = answer(engine, clock, TEXT, Answer.ACCEPTED, "p1", source="other")
    assert blocks(engine).keys() == {"p2", "p3"}
    withdraw(engine, clock, allowed)
    assert blocks(engine).keys() == {"p1", "p2", "p3"}


def test_a_block_by_hand_says_when_and_a_later_verdict_does_not_hide_it(
    engine: Engine, clock: FakeClock
) -> None:
    by_hand_at = clock.now
    book_of(engine, clock).rule_by_hand(TEXT, "p1", Ruling.BLOCKED, "wrong", "root")
    assert blocks(engine)["p1"].by_hand_at == by_hand_at
    assert blocks(engine)["p1"].task_id is None
    task_id = answer(engine, clock, TEXT, Answer.NONE)
    found = blocks(engine)
    assert (found["p1"].task_id, found["p1"].by_hand_at) == (task_id, by_hand_at)
    assert found["p2"].by_hand_at is None


def test_the_first_product_that_is_blocked_gives_the_reason(
    engine: Engine, clock: FakeClock
) -> None:
    answer(engine, clock, TEXT, Answer.ACCEPTED, "p1")
    found = blocks(engine)
    assert first_block(["p1", "p3", "p2"], found) == found["p3"]
    assert first_block(["p1", "p4"], found) is None
    assert first_block(["p1"], {}) is None
