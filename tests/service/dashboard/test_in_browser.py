"""The dashboard in a real browser, at a desk and on a telephone, in light and dark."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Literal

import pytest
from playwright.sync_api import Browser, Page, expect
from sqlalchemy import Engine

from models.bundle.bundle import Bundle
from service.access.dependencies import SESSION_COOKIE
from service.access.service import create_sign_in_link, redeem_sign_in_link
from service.app import create_app
from service.settings import Settings
from tests.accessibility import barriers
from tests.chromium import chromium, needs_chromium
from tests.service.conftest import FakeClock, running
from tests.service.dashboard.boards import NOW, bundle_in
from tests.service.dashboard.history import Watched, add_tasks, add_traffic, add_watches

Scheme = Literal["light", "dark"]

pytestmark = needs_chromium

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
CHARTS = 3 + 3 + 3  # of the promise, of automation, of traffic


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as browser:
        yield browser


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Bundle]:
    directory: Path = tmp_path_factory.mktemp("served")
    bundle = bundle_in(directory)
    return directory / "bundles", bundle


@pytest.fixture(scope="module")
def url(shared_engine: Engine, served: tuple[Path, Bundle]) -> Iterator[str]:
    app = create_app(Settings(bundles_dir=served[0]), shared_engine, FakeClock(NOW))
    app.state.service.bundles.load()
    with running(app) as url:
        yield url


@pytest.fixture
def page(browser: Browser, url: str, engine: Engine) -> Iterator[Page]:
    """A browser that ann has signed in with; nothing in it may fail or reach out."""
    clock = FakeClock(NOW)
    link = create_sign_in_link(engine, clock, "ann", ["review"], HOUR, by="test")
    session = redeem_sign_in_link(engine, clock, link, HOUR)
    errors: list[str] = []
    with browser.new_context(base_url=url) as context:
        context.add_cookies([{"name": SESSION_COOKIE, "value": session, "url": url}])
        page = context.new_page()
        page.on("console", lambda line: errors.append(line.text))
        page.on(
            "request",
            lambda request: None if request.url.startswith(url) else errors.append(request.url),
        )
        yield page
    assert errors == []


@pytest.fixture
def busy(engine: Engine, served: tuple[Path, Bundle]) -> None:
    """A service that has run for a month."""
    bundle = served[1]
    add_traffic(engine, bundle, NOW, hours=24 * 30)
    add_watches(
        engine,
        bundle,
        Watched(None, 0.871, 90, 0.97, NOW - 10 * DAY, 2 * HOUR),
        Watched("phones", 0.842, 60, 0.8, NOW - 10 * DAY, 2 * HOUR, 0.93, broken=True),
        Watched("phones", 0.93, 30, 0.97, NOW - 4 * DAY, 2 * HOUR),
        Watched("fridges", 0.9, 20, 0.97, NOW - 4 * DAY, 2 * HOUR),
    )
    add_tasks(engine, NOW, (0.5, 2, 30, 200))


@pytest.mark.parametrize(("width", "scheme"), [(1280, "light"), (360, "dark"), (360, "light")])
@pytest.mark.parametrize("period", ["day", "month"])
def test_it_fits_and_has_no_barriers(
    page: Page, busy: None, width: int, scheme: Scheme, period: str
) -> None:
    page.emulate_media(color_scheme=scheme)
    page.set_viewport_size({"width": width, "height": 800})
    page.goto(f"/dashboard?period={period}")
    assert page.locator("figure.chart > svg").count() == CHARTS
    for details in page.locator("details").all()[:2]:
        details.locator("summary").click()
    assert page.evaluate("document.documentElement.scrollWidth") == width
    assert barriers(page) == ""


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_new_service_has_no_barriers_either(page: Page, scheme: Scheme) -> None:
    page.emulate_media(color_scheme=scheme)
    page.goto("/dashboard")
    expect(page.get_by_text("No audit has been answered yet.")).to_be_visible()
    expect(page.get_by_text("Nothing waits for a person.")).to_be_visible()
    assert barriers(page) == ""


def test_every_line_is_seen_in_both_schemes(page: Page, busy: None) -> None:
    colours = set()
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme="light" if scheme == "light" else "dark")
        page.goto("/dashboard?period=month")
        line = page.locator("#coverage > svg path.line")
        colours.add(str(line.evaluate("line => getComputedStyle(line).stroke")))
        box = line.bounding_box()
        assert box is not None
        assert box["width"] > 200
    assert len(colours) == 2


def test_a_chart_shows_its_numbers_below_and_where_one_points(page: Page, busy: None) -> None:
    page.goto("/dashboard")
    chart = page.locator("#coverage")
    chart.locator("summary").click()
    newest = chart.locator("tbody tr").first
    expect(newest.locator("th")).to_have_text("26 Nov 14:00")
    slot = chart.locator("g.slot").last
    text = slot.locator("title").text_content()
    assert text is not None
    assert text.splitlines()[0] == "26 Nov 14:00"
    assert text.splitlines()[1].endswith(newest.locator("td").inner_text())
    dot = slot.locator("circle")
    assert dot.evaluate("dot => getComputedStyle(dot).opacity") == "0"
    slot.hover()
    expect(dot).to_have_css("opacity", "1")


def test_a_chart_is_told_to_those_who_cannot_see_it(page: Page, busy: None) -> None:
    page.goto("/dashboard")
    coverage = page.get_by_role("img", name="Automation coverage")
    expect(coverage).to_have_accessible_name(
        re.compile(r"answered without a person: last \S+\s%, lowest")
    )


def test_the_state_of_each_part_is_in_words(page: Page, busy: None) -> None:
    page.goto("/dashboard")
    row = page.get_by_role("row", name="phones")
    expect(row).to_contain_text("Audits spoke against the certified 0.842")
    expect(row.locator(".state")).to_have_text("tightened")
    expect(page.get_by_text("alc-serve promise restore")).to_be_visible()


def test_the_pages_lead_to_each_other(page: Page, engine: Engine) -> None:
    page.goto("/dashboard")
    page.get_by_role("link", name="30 days").click()
    expect(page).to_have_url("/dashboard?period=month")
    page.get_by_role("link", name="Review queue").click()
    page.get_by_role("link", name="Dashboard").click()
    expect(page).to_have_url("/dashboard")
