from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import Engine

from service.agreement.service import read_agreement
from tests.service.agreement.opinions import NONE, UNSURE, answer, say
from tests.service.conftest import FakeClock
from tests.service.review.queues import queue_of


def test_without_opinions_nothing_is_defined(engine: Engine, clock: FakeClock) -> None:
    say(engine, clock, {"ann": "p1"})
    found = read_agreement(engine, clock)
    assert (found.overall.tasks, found.overall.raw, found.overall.alpha) == (0, None, None)
    assert (found.persons, found.pairs, found.more) == ([], [], False)


def test_the_answer_with_its_set_of_products_is_the_label(engine: Engine, clock: FakeClock) -> None:
    say(engine, clock, {"ann": "p1+p2", "bob": "p2+p1"})
    say(engine, clock, {"ann": "p1", "bob": "p1+p2"})
    say(engine, clock, {"ann": NONE, "bob": NONE})
    found = read_agreement(engine, clock)
    assert (found.overall.tasks, found.overall.opinions) == (3, 6)
    assert found.overall.raw == pytest.approx(2 / 3)
    # n = 6: twice p1+p2 and once more, p1 once, none twice. D_o = 2, D_e = (36 - 9 - 1 - 4) / 5.
    assert found.overall.alpha == pytest.approx(1 - 2 * 5 / 22)
    # p_o = 2/3; ann: p1+p2, p1, none; bob: p1+p2 twice, none. p_e = (1*2 + 1*1) / 9 = 1/3.
    (pair,) = found.pairs
    assert (pair.persons, pair.tasks, pair.raw) == (("ann", "bob"), 3, 2 / 3)
    assert pair.kappa == pytest.approx(0.5)
    assert [(one.person, one.tasks, one.raw) for one in found.persons] == [
        ("ann", 3, 2 / 3),
        ("bob", 3, 2 / 3),
    ]
    assert [one.kappa for one in found.persons] == [pytest.approx(0.5)] * 2


def test_unsure_is_missing_and_who_adjudicates_does_not_count(
    engine: Engine, clock: FakeClock
) -> None:
    say(engine, clock, {"ann": "p1", "bob": UNSURE})
    say(engine, clock, {"ann": "p1", "bob": "p2"})
    assert queue_of(engine, clock).claim("ann", 9, 60) == []  # she has an opinion on both
    for _ in range(2):
        answer(engine, clock, "eve", "p1")
    found = read_agreement(engine, clock)
    assert (found.overall.tasks, found.overall.opinions, found.overall.raw) == (1, 2, 0.0)
    assert [one.person for one in found.persons] == ["ann", "bob"]


def test_what_was_taken_back_does_not_count(engine: Engine, clock: FakeClock) -> None:
    task_id = say(engine, clock, {"ann": "p1", "bob": "p2"})
    assert read_agreement(engine, clock).overall.tasks == 1
    queue_of(engine, clock).undo(task_id, "bob", 60)
    assert read_agreement(engine, clock).overall.tasks == 0


def test_by_each_value_of_an_attribute(engine: Engine, clock: FakeClock) -> None:
    say(engine, clock, {"ann": "p1", "bob": "p1"}, brand="Bosch")
    say(engine, clock, {"ann": "p2", "bob": "p2"}, brand="Bosch")
    say(engine, clock, {"ann": "p1", "bob": "p3"}, brand="Beko")
    say(engine, clock, {"ann": "p1", "bob": "p1"}, brand=None)
    values = read_agreement(engine, clock, "brand").values
    assert [(one.value, one.tasks, one.raw) for one in values] == [
        ("Bosch", 2, 1.0),
        (None, 1, 1.0),
        ("Beko", 1, 0.0),
    ]
    assert [one.alpha for one in values] == [1.0, None, 0.0]
    assert read_agreement(engine, clock).values == []


def test_since_and_by_default_the_last_90_days(engine: Engine, clock: FakeClock) -> None:
    say(engine, clock, {"ann": "p1", "bob": "p1"})
    clock.advance(80 * 86_400)
    say(engine, clock, {"ann": "p1", "bob": "p2"})
    assert read_agreement(engine, clock).overall.raw == 0.5
    since = clock.now - timedelta(days=1)
    assert read_agreement(engine, clock, since=since).overall.raw == 0.0
    clock.advance(11 * 86_400)
    assert read_agreement(engine, clock).overall.raw == 0.0


def test_the_newest_whole_tasks_are_looked_at_where_there_are_too_many(
    engine: Engine, clock: FakeClock
) -> None:
    for said in ("p1", "p2", "p3"):
        clock.advance(1)
        say(engine, clock, {"ann": said, "bob": "p3"})
    found = read_agreement(engine, clock, most=3)
    assert (found.more, found.overall.tasks, found.overall.raw) == (True, 1, 1.0)
    assert not read_agreement(engine, clock, most=6).more
