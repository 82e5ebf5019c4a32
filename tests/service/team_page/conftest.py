"""One server for all tests of a file here; each has its own rows and time."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from sqlalchemy import Engine

from service.app import create_app
from service.review.dependencies import connect_catalogue
from service.settings import Settings
from tests.service.conftest import FakeClock, running
from tests.service.review.queues import CATALOGUE
from tests.service.team_page.boards import team_at_work

NOW = datetime(2026, 11, 26, 14, 30, tzinfo=UTC)


@pytest.fixture(scope="module")
def server_clock() -> FakeClock:
    return FakeClock(NOW)


@pytest.fixture(scope="module")
def url(shared_engine: Engine, server_clock: FakeClock) -> Iterator[str]:
    app = create_app(Settings(), shared_engine, server_clock)
    connect_catalogue(app, CATALOGUE.__contains__)
    with running(app) as url:
        yield url


@pytest.fixture
def clock(server_clock: FakeClock) -> FakeClock:
    server_clock.now = NOW
    return server_clock


@pytest.fixture
def busy(engine: Engine, clock: FakeClock) -> None:
    team_at_work(engine, clock)
