"""A browser, and a service whose reviews are not blind, with a small catalogue."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, Request
from sqlalchemy import Engine

from service.app import create_app
from service.settings import Settings
from tests.chromium import chromium
from tests.service.conftest import FakeClock, running
from tests.service.web.annotating import PICTURES, foreign, publish_catalogue, sign_in


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as browser:
        yield browser


@pytest.fixture(scope="module")
def server_clock() -> FakeClock:
    return FakeClock()


@pytest.fixture(scope="session")
def bundles_dir(tmp_path_factory: pytest.TempPathFactory) -> Path:
    directory: Path = tmp_path_factory.mktemp("catalogue")
    publish_catalogue(directory)
    return directory / "bundles"


@pytest.fixture(scope="module")
def url(shared_engine: Engine, server_clock: FakeClock, bundles_dir: Path) -> Iterator[str]:
    settings = Settings(
        blind_review=False,
        bundles_dir=bundles_dir,
        picture_hosts=(PICTURES.removeprefix("http://"),),
    )
    app = create_app(settings, shared_engine, server_clock)
    app.state.service.bundles.load()
    with running(app) as url:
        yield url


@pytest.fixture
def clock(server_clock: FakeClock) -> FakeClock:
    server_clock.now = FakeClock().now
    return server_clock


@pytest.fixture
def visitor(browser: Browser, url: str, engine: Engine) -> Iterator[Page]:
    """A browser; nothing in it may fail or reach out of the service."""
    with watched_page(browser, url) as page:
        yield page


@pytest.fixture
def page(visitor: Page, url: str, engine: Engine, clock: FakeClock) -> Page:
    """A browser that ann has signed in with."""
    return sign_in(visitor, url, engine, clock)


@contextmanager
def watched_page(browser: Browser, url: str) -> Iterator[Page]:
    """Yield a page of its own; afterwards, nothing may have failed or reached out."""
    context = browser.new_context(base_url=url)
    page = context.new_page()
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.on("console", lambda line: errors.append(line.text) if "Policy" in line.text else None)
    page.on("request", lambda request: errors.extend(foreign(request, url)))
    under_way: set[Request] = set()
    page.on("request", lambda request: under_way.add(request))
    page.on("requestfinished", lambda request: under_way.discard(request))
    page.on("requestfailed", lambda request: under_way.discard(request))
    yield page
    _come_to_rest(page, under_way)
    context.close()
    assert errors == []


def _come_to_rest(page: Page, under_way: set[Request]) -> None:
    """Let nothing that this page sends reach the database of the next test."""
    quiet = 0
    for _ in range(100):
        page.wait_for_timeout(10)
        quiet = 0 if under_way else quiet + 1
        if quiet == 3:
            break
    page.context.set_offline(True)
