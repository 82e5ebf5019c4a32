from __future__ import annotations

from datetime import date, timedelta

import pytest
from sqlalchemy import Engine

from service.throughput.service import read_throughput
from tests.service.agreement.opinions import UNSURE, answer, say
from tests.service.conftest import FakeClock
from tests.service.review.queues import ask, queue_of

DAY = 86_400


def test_a_person_and_day(engine: Engine, clock: FakeClock) -> None:
    ask(engine, clock, "one", "two", "three", "four")
    for said, seconds in (("p1", 10), ("p2", 20), (UNSURE, 60), ("p1", 30)):
        last = answer(engine, clock, "ann", said, seconds)
    queue_of(engine, clock).undo(last, "ann", 60)
    (ann,) = read_throughput(engine, clock).days
    assert (ann.person, ann.day) == ("ann", date(2026, 1, 1))
    assert (ann.verdicts, ann.withdrawn, ann.unsure_share) == (4, 1, 0.25)
    assert ann.median_seconds == 25
    assert ann.agreement is None


def test_agreement_with_others_is_by_the_day_of_ones_own_opinion(
    engine: Engine, clock: FakeClock
) -> None:
    say(engine, clock, {"ann": "p1+p2"})
    say(engine, clock, {"ann": "p1"})
    clock.advance(DAY)
    answer(engine, clock, "bob", "p2+p1")
    answer(engine, clock, "bob", "p3")
    found = {one.person: (one.day, one.agreement) for one in read_throughput(engine, clock).days}
    assert found == {"ann": (date(2026, 1, 1), 0.5), "bob": (date(2026, 1, 2), 0.5)}


def test_a_day_is_one_of_utc(engine: Engine, clock: FakeClock) -> None:
    ask(engine, clock, "one", "two")
    clock.now = clock.now.replace(hour=23, minute=59, second=59)
    answer(engine, clock, "ann", "p1")
    clock.advance(2)
    answer(engine, clock, "ann", "p1")
    days = [one.day for one in read_throughput(engine, clock).days]
    assert days == [date(2026, 1, 2), date(2026, 1, 1)]


def test_hours_left_are_the_waiting_tasks_times_the_median(
    engine: Engine, clock: FakeClock
) -> None:
    ask(engine, clock, *"abcdef")
    assert read_throughput(engine, clock).hours_left is None
    for person, seconds in (("ann", 30), ("bob", 90), ("eve", 60)):
        answer(engine, clock, person, "p1", seconds)
    found = read_throughput(engine, clock)
    assert (found.waiting, found.median_seconds) == (3, 60)
    assert found.hours_left == pytest.approx(3 * 60 / 3600)


def test_since_and_by_default_two_weeks(engine: Engine, clock: FakeClock) -> None:
    ask(engine, clock, "one", "two")
    answer(engine, clock, "ann", "p1", 10)
    clock.advance(10 * DAY)
    answer(engine, clock, "ann", "p1", 20)
    both = read_throughput(engine, clock)
    assert len(both.days) == 2
    (ann,) = both.persons
    assert (ann.verdicts, ann.median_seconds, ann.unsure_share) == (2, 15, 0.0)
    found = read_throughput(engine, clock, clock.now - timedelta(hours=1))
    assert (len(found.days), found.median_seconds) == (1, 20)
    clock.advance(5 * DAY)
    assert len(read_throughput(engine, clock).days) == 1


def test_the_newest_days_are_returned_where_there_are_too_many(
    engine: Engine, clock: FakeClock
) -> None:
    ask(engine, clock, "one", "two")
    for _ in range(2):
        clock.advance(DAY)
        answer(engine, clock, "ann", "p1")
    found = read_throughput(engine, clock, most=1)
    assert (found.more, [one.day for one in found.days]) == (True, [date(2026, 1, 3)])
