"""The chart in a real browser: it draws without a network, and moves."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from tests.chromium import chromium, needs_chromium
from tests.training.report.example import WHAT_IF
from training.report.what_if.page import what_if_page

pytestmark = needs_chromium
SLIDER = 'input[name="target"]'
TABLE = [["promised", "automated"], ["0.85", "0.700"]]


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as browser:
        yield browser


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> str:
    file: Path = tmp_path_factory.mktemp("report") / "what_if.html"
    file.write_bytes(what_if_page("A small shop", WHAT_IF, 0.85, 0.9, TABLE))
    return file.as_uri()


@contextmanager
def opened(
    browser: Browser, address: str, width: int = 1280, *, scripts: bool = True
) -> Iterator[Page]:
    with browser.new_context(
        viewport={"width": width, "height": 900}, java_script_enabled=scripts
    ) as context:
        page = context.new_page()
        page.goto(address)
        if scripts:
            page.wait_for_selector("#chart svg")
        yield page


def words(page: Page) -> str:
    """What the chart says in words of the row under the slider, a line each."""
    lines = page.locator("#chart svg g.mark-text.role-mark").first.locator("tspan")
    return "\n".join(lines.all_text_contents())


@pytest.mark.parametrize("width", [1280, 360], ids=["desk", "telephone"])
def test_it_draws_fits_and_asks_nobody(browser: Browser, address: str, width: int) -> None:
    with browser.new_context(viewport={"width": width, "height": 900}) as context:
        page = context.new_page()
        asked: list[str] = []
        said: list[str] = []
        page.on("request", lambda request: asked.append(request.url))
        page.on("console", lambda line: said.append(line.text))
        page.on("pageerror", lambda error: said.append(str(error)))
        page.goto(address)
        page.wait_for_selector("#chart svg")
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        drawn = page.locator("#chart svg").bounding_box()
        assert drawn
        assert drawn["width"] <= width
        assert not page.locator("#without").is_visible()
    assert said == []
    assert [url for url in asked if not url.startswith(("file:", "data:"))] == []


def test_the_words_follow_slider_confidence_and_costs(browser: Browser, address: str) -> None:
    with opened(browser, address) as page:
        assert "Promised 0.850, confidence 90%" in words(page)
        assert "Automated: 70.0% (68.0% to 72.0%)" in words(page)
        assert "People: 16.7 hours a month (15.6 to 17.8)" in words(page)

        page.locator(SLIDER).fill("0.9")
        assert "Cannot promise: 1,234 more labels needed" in words(page)
        assert "People: 55.6 hours" in words(page)

        page.locator('select[name="confidence"]').select_option("95%")
        assert "confidence 95%" in words(page)
        assert "Test queries: 91.0% right (90.0% to 91.5%)" in words(page)

        page.locator('input[name="queries"]').fill("7200")
        page.locator('input[name="seconds"]').fill("10")
        assert "People: 15.0 hours" in words(page)


def test_without_scripts_there_is_the_table(browser: Browser, address: str) -> None:
    with opened(browser, address, scripts=False) as page:
        assert page.locator("#without td").all_inner_texts() == TABLE[1]
