from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import pytest
from sqlalchemy import Engine

from service.database.engine import transaction
from service.database.tables import Answer, Ruling
from service.errors import DatabaseUnavailable
from service.recommend.keys import text_key
from service.rulings import ruled_texts
from service.rulings.repository import append
from service.rulings.ruled_texts import FRESH_SECONDS, SETTLED_SECONDS, RuledTexts
from service.rulings.rulings import NewRuling
from tests.service.conftest import FakeClock
from tests.service.rulings.verdicts import answer, book_of


@dataclass
class Followed:
    """Ruled texts, and a process whose time goes on with the database's."""

    engine: Engine
    clock: FakeClock
    elapsed: float = 0.0

    def __post_init__(self) -> None:
        self.texts = RuledTexts(self.clock, lambda: self.elapsed)

    def wait(self, seconds: float) -> None:
        self.elapsed += seconds
        self.clock.advance(seconds)

    def follow(self) -> None:
        with transaction(self.engine) as connection:
            self.texts.follow(connection)

    def may_be_ruled_on(self, *texts: str) -> list[bool]:
        return [self.texts.may_be_ruled_on(text_key(text)) for text in texts]


@pytest.fixture
def followed(engine: Engine, clock: FakeClock) -> Followed:
    return Followed(engine, clock)


def block(followed: Followed, *texts: str) -> None:
    book = book_of(followed.engine, followed.clock)
    for text in texts:
        book.rule_by_hand(text, "p1", Ruling.BLOCKED, "test", "root")


def test_before_anything_was_read_every_text_may_be_ruled_on(followed: Followed) -> None:
    assert followed.may_be_ruled_on("beko") == [True]


def test_after_all_was_read_only_texts_with_rulings_are(
    engine: Engine, clock: FakeClock, followed: Followed
) -> None:
    answer(engine, clock, "bosch", Answer.ACCEPTED, "p1")
    answer(engine, clock, "samsung", Answer.UNSURE)
    block(followed, "siemens")
    followed.texts.prepare(engine)
    texts = ("bosch", "BOSCH ", "siemens", "samsung", "beko")
    assert followed.may_be_ruled_on(*texts) == [True, True, True, False, False]


def test_what_is_new_is_read_after_a_second(followed: Followed) -> None:
    followed.texts.prepare(followed.engine)
    block(followed, "beko")
    followed.wait(FRESH_SECONDS - 0.1)
    followed.follow()
    assert followed.may_be_ruled_on("beko") == [False]
    followed.wait(0.1)
    followed.follow()
    assert followed.may_be_ruled_on("beko") == [True]


def test_a_ruling_that_is_committed_late_is_read_when_it_has_settled(followed: Followed) -> None:
    """Its number is lower than that of one which was committed, and read, before it."""
    followed.texts.prepare(followed.engine)
    with transaction(followed.engine) as connection:
        late = NewRuling(text_key("late"), "late", "p1", Ruling.BLOCKED, None, None, "root", "test")
        append(connection, followed.clock, [late])
        block(followed, "early")
        followed.wait(FRESH_SECONDS)
        followed.follow()
    followed.wait(FRESH_SECONDS)
    followed.follow()
    assert followed.may_be_ruled_on("early", "late") == [True, False]
    followed.wait(SETTLED_SECONDS)
    followed.follow()
    assert followed.may_be_ruled_on("early", "late") == [True, True]


def test_many_are_read_page_by_page(followed: Followed, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ruled_texts, "PAGE", 2)
    texts = [f"text {number}" for number in range(7)]
    block(followed, *texts[:4])
    followed.wait(SETTLED_SECONDS)
    block(followed, *texts[4:])
    followed.follow()
    assert followed.may_be_ruled_on("beko") == [True]  # nobody knows yet
    followed.texts.prepare(followed.engine)
    assert followed.may_be_ruled_on(*texts, "beko") == [True] * 7 + [False]


def test_without_a_database_nothing_is_known(
    stoppable_database: tuple[Engine, Callable[[], None]], clock: FakeClock
) -> None:
    engine, stop = stoppable_database
    stop()
    followed = Followed(engine, clock)
    with pytest.raises(DatabaseUnavailable):
        followed.texts.prepare(engine)
    assert followed.may_be_ruled_on("beko") == [True]
