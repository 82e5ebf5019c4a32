from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import Engine

from models.bundle.bundle import Bundle
from service.dashboard.page import drawn, page_of, rows
from service.drift.repository import HOUR
from service.web.charts.data import Level
from tests.service.dashboard.boards import NOW, board_of, bundle_in, contents
from tests.service.dashboard.history import Watched, add_tasks, add_traffic, add_watches
from tests.service.web.charts.charts import chart, line
from tests.small_bundle import small_promise


def page(engine: Engine, bundle: Bundle, audit_share: float = 0.02) -> Mapping[str, Any]:
    return page_of(board_of(engine, bundle), audit_share)


def tiles(found: Mapping[str, Any]) -> dict[str, tuple[str, str]]:
    return {tile.name: (tile.figure, tile.detail) for tile in found["tiles"]}


def test_a_new_service_says_what_to_do(engine: Engine, bundle: Bundle) -> None:
    found = page(engine, bundle)
    assert tiles(found) == {
        "Answered without a person": ("\u2013", "of 0 queries in 24 hours"),
        "The promise": ("In force", "4 in force"),
        "Audited precision": ("\u2013", "no audit has been answered yet"),
        "Waiting for a person": ("0", "the queue is empty"),
    }
    assert found["promise_charts"] == found["waiting"] == []
    assert "2.0\u00a0% of the answers without a person become tasks" in found["audits_advice"]
    assert not found["restorable"]


def test_without_audits_it_says_how_to_have_some(engine: Engine, bundle: Bundle) -> None:
    assert "ALC_AUDIT_SHARE is 0" in page(engine, bundle, audit_share=0)["audits_advice"]


def test_the_tiles_say_how_it_goes(engine: Engine, bundle: Bundle) -> None:
    add_traffic(engine, bundle, NOW, hours=4)
    add_watches(
        engine,
        bundle,
        Watched(None, 0.871, 40, 1.0, NOW - 9 * HOUR, timedelta(minutes=10)),
        Watched("phones", 0.842, 5, 0.0, NOW - 2 * HOUR, timedelta(minutes=1), 0.93, broken=True),
    )
    add_tasks(engine, NOW, (0.5, 0.6, 30))
    board = board_of(engine, bundle)
    found = page_of(board, 0.02)
    shown = tiles(found)
    assert shown["Answered without a person"][1].startswith(f"of {board.counts.queries:,} queries")
    assert shown["The promise"] == ("Tightened", "3 in force, 1 tightened")
    figure, detail = shown["Audited precision"]
    assert figure == "100.0\u00a0%"
    assert detail.endswith("(All other queries); promised 95\u00a0%")
    assert shown["Waiting for a person"] == ("3", "the oldest for 1 day")
    assert found["restorable"]
    ages = [(one.name, one.tasks, one.percent) for one in found["waiting"]]
    assert ages[:4] == [
        ("up to 1 h", "2", 100.0),
        ("up to 4 h", "0", 0.0),
        ("up to 24 h", "0", 0.0),
        ("up to 3 days", "1", 50.0),
    ]
    assert ages[-1][0] == "above 7 days"


def test_the_audits_of_a_threshold_that_ended_are_not_those_of_the_next(
    engine: Engine, bundle: Bundle
) -> None:
    broken = Watched("phones", 0.842, 5, 0.0, NOW - 2 * HOUR, timedelta(minutes=1), broken=True)
    add_watches(engine, bundle, broken)
    found = page(engine, bundle)
    by_title = {part.title: part for part in found["parts"]}
    assert by_title["phones"].state == "stopped"
    assert {number for _, number in by_title["phones"].numbers} == {"\u2013"}


def test_a_promise_without_groups_is_said_in_few_words(engine: Engine, tmp_path: Path) -> None:
    alone = bundle_in(tmp_path, contents(small_promise(0.95, 0.9), no_match=None))
    found = page(engine, alone)
    assert tiles(found)["The promise"] == ("In force", "precision 95\u00a0%")
    assert [part.title for part in found["parts"]] == ["All queries"]


def test_the_rows_of_a_chart_are_its_numbers_newest_first() -> None:
    given = chart(line(0.5, None), unit="share", band=line(0.1, 0.2), levels=(Level("limit", 0.9),))
    assert rows(given) == [
        ["1 Jan 23:00", "\u2013", "20.0\u00a0%", "90.0\u00a0%"],
        ["1 Jan 22:00", "50.0\u00a0%", "10.0\u00a0%", "90.0\u00a0%"],
    ]
    [found] = drawn([given])
    assert found.levels == ["limit 90\u00a0%"]
    assert found.rows == rows(given)
