"""The team page in a real browser: bulk actions from preview to undo, and who can use it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta
from typing import Literal

import pytest
from playwright.sync_api import Browser, Page, expect
from sqlalchemy import Engine

from service.access.dependencies import SESSION_COOKIE
from service.access.service import create_sign_in_link, redeem_sign_in_link
from tests.accessibility import barriers
from tests.chromium import chromium, needs_chromium
from tests.service.conftest import FakeClock

pytestmark = needs_chromium

HOUR = timedelta(hours=1)
REFUSED = re.compile("status of 4|Response Status Error Code 4")  # what tests ask for


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as browser:
        yield browser


@pytest.fixture
def page(browser: Browser, url: str, engine: Engine, clock: FakeClock) -> Iterator[Page]:
    """A browser that lea has signed in with; nothing in it may fail or reach out."""
    link = create_sign_in_link(engine, clock, "lea", ["admin"], HOUR, by="test")
    session = redeem_sign_in_link(engine, clock, link, HOUR)
    errors: list[str] = []
    with browser.new_context(base_url=url) as context:
        context.add_cookies([{"name": SESSION_COOKIE, "value": session, "url": url}])
        page = context.new_page()
        page.set_default_timeout(10_000)
        page.on(
            "console", lambda line: None if REFUSED.search(line.text) else errors.append(line.text)
        )
        page.on("pageerror", lambda error: errors.append(str(error)))
        page.on(
            "request",
            lambda request: None if request.url.startswith(url) else errors.append(request.url),
        )
        yield page
    assert errors == []


def test_a_bulk_action_from_its_preview_to_its_undo(page: Page, busy: None) -> None:
    page.goto("/team")
    waiting = page.locator(".tile", has_text="Waiting").locator(".figure")
    expect(waiting).to_have_text("7")
    page.get_by_role("button", name="Preview").click()
    preview = page.locator("#bulk-result")
    expect(preview).to_contain_text("4\u00a0tasks of 5\u00a0open tasks would be answered")
    expect(preview.get_by_role("row")).to_have_count(5)
    expect(waiting).to_have_text("7")
    page.get_by_role("button", name="Accept for 4\u00a0tasks").click()
    expect(preview).to_have_text("4\u00a0tasks answered.")
    expect(waiting).to_have_text("3")
    page.get_by_role("button", name="Undo Accept what was accepted before").click()
    expect(preview).to_have_text("4\u00a0answers taken back.")
    expect(waiting).to_have_text("7")
    expect(page.locator("#last-bulks")).to_contain_text("undone by lea")
    expect(page.get_by_role("button", name="Undo")).to_have_count(0)


@pytest.mark.parametrize(("width", "scheme"), [(1280, "light"), (360, "dark"), (360, "light")])
def test_it_fits_and_has_no_barriers(
    page: Page, busy: None, width: int, scheme: Literal["light", "dark"]
) -> None:
    page.emulate_media(color_scheme=scheme)
    page.set_viewport_size({"width": width, "height": 800})
    page.goto("/team?attribute=brand&person=ann")
    page.get_by_role("button", name="Preview").click()
    expect(page.get_by_role("button", name="Accept for 4\u00a0tasks")).to_be_visible()
    page.get_by_text("Day by day").click()
    assert page.evaluate("document.documentElement.scrollWidth") == width
    assert barriers(page) == ""


def test_a_team_without_work_has_no_barriers_either(page: Page) -> None:
    page.goto("/team")
    expect(page.get_by_text("Nobody disagrees.")).to_be_visible()
    assert barriers(page) == ""


def test_a_person_is_chosen_and_an_error_is_told(page: Page, busy: None) -> None:
    page.goto("/team")
    page.get_by_role("link", name="ann").click()
    expect(page.get_by_role("heading", name="Last answers of ann")).to_be_visible()
    page.get_by_label("Attribute").last.fill("brand")
    with page.expect_response("**/team/bulk/preview") as refused:
        page.get_by_role("button", name="Preview").click()
    assert refused.value.status == 422
    expect(page.get_by_role("alert")).to_have_text("Write an attribute as name=value.")


def test_tasks_are_given_to_a_team(page: Page, busy: None) -> None:
    page.goto("/team")
    page.locator("#assign-source").fill("vouchers")
    page.get_by_label("Give to").fill("team:fridges")
    page.get_by_role("button", name="Assign").click()
    expect(page.locator("#assign-result")).to_have_text("1\u00a0task given to team:fridges.")
    page.get_by_label("Give to").fill("team:nobody")
    with page.expect_response("**/team/assign"):
        page.get_by_role("button", name="Assign").click()
    expect(page.get_by_role("alert")).to_contain_text("There is no team 'nobody'")
