from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import Engine

from models.bundle.bundle import Bundle
from service.dashboard import charts
from service.dashboard.charts import (
    automation_charts,
    automation_coverage,
    promise_charts,
    traffic_charts,
    trigger_rate,
)
from service.database.tables import Decision
from service.drift.counts import Counts
from service.drift.repository import HOUR, hour_of
from tests.service.dashboard.boards import NOW, REFERENCE, board_of
from tests.service.dashboard.history import Watched, add_traffic, add_watches

MINUTE = timedelta(minutes=1)


def counts(**decisions: int) -> Counts:
    return Counts(decisions=Counter({Decision(name): n for name, n in decisions.items()}))


def test_verified_answers_leave_the_automation_coverage_alone() -> None:
    found = counts(auto_accept=6, no_match=1, manual_review=3, verified=90)
    assert automation_coverage(found) == 0.7
    assert trigger_rate(found) == 0.03


def test_without_decisions_there_is_no_share() -> None:
    assert automation_coverage(counts(verified=3)) is None
    assert trigger_rate(Counts()) is None


def test_what_was_decided_is_drawn_over_time(engine: Engine, bundle: Bundle) -> None:
    add_traffic(engine, bundle, NOW, hours=2)
    board = board_of(engine, bundle)
    coverage, sent, queries = automation_charts(board)
    last = board.steps[-1].counts
    assert coverage.lines[0].values[-1] == automation_coverage(last)
    assert sent.lines[0].values[-1] == trigger_rate(last)
    assert sum(bar.values[-1] or 0 for bar in queries.bars) == last.queries
    assert coverage.lines[0].values[:22] == (None,) * 22


def test_each_audited_part_has_a_chart_the_most_audited_first(
    engine: Engine, bundle: Bundle
) -> None:
    add_watches(
        engine,
        bundle,
        Watched("phones", 0.842, 9, 1.0, NOW - 5 * HOUR, 20 * MINUTE),
        Watched(None, 0.871, 30, 1.0, NOW - 9 * HOUR, 10 * MINUTE),
        Watched(None, 0.12, 2, 1.0, NOW - 5 * HOUR, MINUTE, decision=Decision.NO_MATCH),
    )
    found = promise_charts(board_of(engine, bundle))
    assert [chart.title for chart in found] == ["All other queries", "phones", "No match"]
    assert len({chart.name for chart in found}) == 3
    assert [level.value for level in found[0].levels] == [0.95]


def test_an_estimate_holds_until_the_next_one_and_is_not_told_before(
    engine: Engine, bundle: Bundle
) -> None:
    # Audits at 9:37, 11:37 and 13:37; the last full hour is that from 13:00.
    add_watches(engine, bundle, Watched(None, 0.871, 3, 1.0, NOW - 7 * HOUR, 2 * HOUR))
    board = board_of(engine, bundle)
    [chart] = promise_charts(board)
    precision, bound = (line.values for line in chart.lines)
    by_hour = dict(zip([time.hour for time in chart.times], bound, strict=True))
    assert by_hour[8] is None
    assert by_hour[9] == by_hour[10]
    assert (by_hour[10] or 0) < (by_hour[11] or 0) < (by_hour[13] or 0)
    assert by_hour[14] == by_hour[13]
    assert set(precision) == {None, 1.0}


def test_the_line_breaks_where_a_threshold_ended(engine: Engine, bundle: Bundle) -> None:
    broken = Watched("phones", 0.842, 5, 0.0, NOW - 6 * HOUR, 12 * MINUTE, 0.93, broken=True)
    later = Watched("phones", 0.93, 2, 1.0, NOW - 3 * HOUR, 30 * MINUTE)
    add_watches(engine, bundle, broken, later)
    [chart] = promise_charts(board_of(engine, bundle))
    by_hour = dict(zip([time.hour for time in chart.times], chart.lines[0].values, strict=True))
    assert (by_hour[8], by_hour[9], by_hour[10], by_hour[12]) == (0.0, None, None, 1.0)


def test_only_so_many_parts_are_drawn(
    engine: Engine, bundle: Bundle, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(charts, "MOST_AUDITED", 1)
    for group in (None, "phones"):
        add_watches(engine, bundle, Watched(group, 0.9, 2, 1.0, NOW - 5 * HOUR, MINUTE))
    assert len(promise_charts(board_of(engine, bundle))) == 1


def test_drift_is_drawn_beside_chance_and_what_was_usual(engine: Engine, bundle: Bundle) -> None:
    add_traffic(engine, bundle, NOW, hours=3)
    board = board_of(engine, bundle)
    scores, unseen, cut = traffic_charts(board)
    drift = board.steps[-1].drift
    assert drift.noise is not None
    assert scores.band is not None
    assert scores.lines[0].values[-1] == drift.psi
    assert scores.band.values[-1] == drift.noise.upper
    assert [level.value for level in scores.levels] == [0.1, 0.25]
    assert unseen.lines[0].values[-1] == drift.unseen_ngrams
    assert [level.value for level in unseen.levels] == [REFERENCE.unseen_ngrams]
    assert cut.lines[0].values[-1] == drift.truncated
    assert [level.value for level in cut.levels] == [REFERENCE.truncated]


def test_without_a_reference_no_drift_is_drawn(engine: Engine, bundle: Bundle) -> None:
    assert traffic_charts(board_of(engine, replace(bundle, reference=None))) == []


def test_times_are_those_of_the_steps(engine: Engine, bundle: Bundle) -> None:
    board = board_of(engine, bundle)
    assert {chart.times for chart in automation_charts(board)} == {board.times}
    assert board.times[-1] == hour_of(NOW)
