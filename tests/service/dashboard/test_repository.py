from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from sqlalchemy import Engine, text

from models.bundle.bundle import Bundle
from service.dashboard import repository
from service.dashboard.repository import Audited, Waiting, audited, waiting
from service.database.engine import transaction
from service.database.tables import Answer, Decision
from tests.service.conftest import FakeClock
from tests.service.dashboard.boards import NOW
from tests.service.dashboard.history import Watched, add_tasks, add_watches
from tests.service.promise.promises import TARGET
from tests.service.recommend.decisions import answer_task

HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)
SINCE = datetime(2026, 11, 26, 10, tzinfo=NOW.tzinfo)
UNTIL = datetime(2026, 11, 26, 14, tzinfo=NOW.tzinfo)
ALL = Watched(None, 0.871, 0, 1.0, SINCE - HOUR, 20 * MINUTE)
AGES = (HOUR, 4 * HOUR, 24 * HOUR)


def found(engine: Engine, bundle: Bundle, target: float = TARGET) -> list[Audited]:
    with transaction(engine) as connection:
        return audited(connection, bundle.bundle_id, target, SINCE, UNTIL, HOUR)


def test_the_last_estimate_of_each_step_is_returned(engine: Engine, bundle: Bundle) -> None:
    add_watches(engine, bundle, replace(ALL, audits=8))  # from 9:20 to 11:40, every 20 minutes
    assert [(one.at - SINCE, one.audits) for one in found(engine, bundle)] == [
        (-20 * MINUTE, 2),  # what was known before
        (40 * MINUTE, 5),
        (100 * MINUTE, 8),
    ]


def test_what_comes_later_is_left_out(engine: Engine, bundle: Bundle) -> None:
    add_watches(engine, bundle, replace(ALL, audits=40))  # to 22:20
    assert found(engine, bundle)[-1].at < UNTIL


def test_a_watch_that_ended_before_is_left_out(engine: Engine, bundle: Bundle) -> None:
    old = replace(ALL, audits=3, started_at=SINCE - 3 * HOUR, broken=True, stricter=0.9)
    late = replace(ALL, group="phones", audits=6, broken=True)
    add_watches(engine, bundle, old, late)
    assert {one.group for one in found(engine, bundle)} == {"phones"}
    assert {one.ended_at for one in found(engine, bundle)} == {SINCE + HOUR}


def test_watches_are_told_apart(engine: Engine, bundle: Bundle) -> None:
    add_watches(
        engine,
        bundle,
        replace(ALL, audits=4),
        replace(ALL, audits=4, group="phones", threshold=0.842),
        replace(ALL, audits=4, threshold=0.12, decision=Decision.NO_MATCH),
    )
    assert {(one.decision, one.group, one.threshold) for one in found(engine, bundle)} == {
        (Decision.AUTO_ACCEPT, None, 0.871),
        (Decision.AUTO_ACCEPT, "phones", 0.842),
        (Decision.NO_MATCH, None, 0.12),
    }


def test_another_target_and_another_bundle_have_watches_of_their_own(
    engine: Engine, bundle: Bundle
) -> None:
    add_watches(engine, bundle, replace(ALL, audits=4, target=0.98))
    add_watches(engine, replace(bundle, bundle_id="other"), replace(ALL, audits=4))
    assert found(engine, bundle) == []
    assert len(found(engine, bundle, target=0.98)) == 2


def test_of_very_many_watches_the_latest_are_returned(
    engine: Engine, bundle: Bundle, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(repository, "MOST_WATCHES", 1)
    add_watches(
        engine, bundle, replace(ALL, audits=4, group="b"), replace(ALL, audits=2, group="a")
    )
    assert {one.group for one in found(engine, bundle)} == {"b"}


def test_waiting_tasks_are_counted_by_age(engine: Engine) -> None:
    add_tasks(engine, NOW, (0.5, 0.9, 2, 5, 23, 25, 300))
    with transaction(engine) as connection:
        assert waiting(connection, NOW, AGES) == Waiting((2, 1, 2, 2), NOW - 300 * HOUR)


def test_answered_tasks_do_not_wait(engine: Engine) -> None:
    add_tasks(engine, NOW, (2, 3))
    answer_task(engine, FakeClock(NOW), Answer.NONE)
    with transaction(engine) as connection:
        assert waiting(connection, NOW, AGES).tasks == 1


def test_an_empty_queue_has_no_oldest_task(engine: Engine) -> None:
    with transaction(engine) as connection:
        assert waiting(connection, NOW, AGES) == Waiting((0, 0, 0, 0), None)


def test_waiting_tasks_are_found_by_an_index(engine: Engine) -> None:
    """Beside millions of answered ones."""
    plan = text(
        "explain select count(*) from review_tasks where answered_at is null and closed_at is null"
    )
    with transaction(engine) as connection:
        connection.execute(text("set local enable_seqscan = off"))
        lines = "\n".join(connection.execute(plan).scalars())
    assert "review_tasks_" in lines
    assert "Seq Scan" not in lines
