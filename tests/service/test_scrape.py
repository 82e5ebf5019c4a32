from __future__ import annotations

from collections.abc import Callable

import httpx2
from sqlalchemy import Engine

from service.app import create_app
from service.settings import Settings
from tests.service.conftest import Serve


def test_prometheus_reads_process_and_queue_without_a_key(
    serve: Serve, client: httpx2.Client, engine: Engine
) -> None:
    response = client.get(f"{serve(create_app(Settings(), engine))}/metrics")
    assert response.headers["content-type"].startswith("text/plain")
    lines = response.text.splitlines()
    assert "alc_database_up 1.0" in lines
    assert 'alc_review_tasks{state="open"} 0.0' in lines
    assert 'alc_decisions_total{decision="auto_accept"} 0.0' in lines
    assert "alc_automation_coverage_ratio NaN" in lines


def test_it_can_still_be_read_when_the_database_is_away(
    serve: Serve,
    client: httpx2.Client,
    stoppable_database: tuple[Engine, Callable[[], None]],
) -> None:
    engine, stop = stoppable_database
    url = serve(create_app(Settings(), engine))
    stop()
    text = client.get(f"{url}/metrics").text
    assert "alc_database_up 0.0" in text
    assert "alc_review_tasks{" not in text
    assert "alc_decisions_total" in text
