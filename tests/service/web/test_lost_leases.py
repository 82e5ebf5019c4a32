"""A lease that has ended: it is said, nothing typed is lost, and no key answers by accident."""

from __future__ import annotations

import pytest
from playwright.sync_api import Locator, Page, expect
from sqlalchemy import Engine

from service.database.tables import Answer
from tests.chromium import needs_chromium
from tests.service.conftest import FakeClock
from tests.service.review.queues import CATALOGUE, event_kinds
from tests.service.web.annotating import (
    ask_one,
    notice,
    open_page,
    press,
    query_of,
    until,
    verdict,
)

pytestmark = needs_chromium

RENEWED_MS = 41_000  # after this long the page renews its leases


def _dialog(page: Page) -> Locator:
    return page.get_by_role("dialog", name="Your time on this task ran out")


def test_it_is_said_and_the_next_task_is_shown(
    page: Page, engine: Engine, clock: FakeClock
) -> None:
    task_id = ask_one(engine, clock, "first")
    page.clock.install()
    open_page(page, "first")
    clock.advance(121)
    ask_one(engine, clock, "second")
    page.clock.fast_forward(RENEWED_MS)
    expect(notice(page)).to_contain_text("Your time on that task ran out")
    expect(_dialog(page)).to_be_hidden()
    until(page, lambda: event_kinds(engine, task_id)[-2:] == ["expired", "claimed"])


def test_an_answer_after_the_lease_is_not_saved(
    page: Page, engine: Engine, clock: FakeClock
) -> None:
    task_id = ask_one(engine, clock, "first")
    open_page(page, "first")
    clock.advance(121)
    press(page, "1")
    expect(notice(page)).to_contain_text("Not saved: The lease has ended")
    expect(page.locator("#answered")).to_have_text("0")
    assert verdict(engine, task_id) is None


def test_what_was_answered_too_late_is_known_when_the_task_comes_back(
    page: Page, engine: Engine, clock: FakeClock
) -> None:
    ask_one(engine, clock, "first")
    open_page(page, "first")
    press(page, "c")
    page.keyboard.type("10 units")
    press(page, "Escape")
    clock.advance(121)
    press(page, "2")
    expect(notice(page)).to_contain_text("Not saved")
    expect(query_of(page)).to_have_text("first")
    expect(page.locator("#comment")).to_have_value("10 units")
    expect(page.locator("#query-facts")).to_contain_text(f"before: {CATALOGUE['p2']}")


@pytest.fixture
def typed(page: Page, engine: Engine, clock: FakeClock) -> Page:
    """A page whose task is lost while ann writes a comment on it."""
    ask_one(engine, clock, "first")
    page.clock.install()
    open_page(page, "first")
    page.clock.run_for(200)
    page.keyboard.press("x")
    page.keyboard.press("3")
    page.keyboard.press("c")
    page.keyboard.type("not this")
    clock.advance(121)
    ask_one(engine, clock, "second")
    page.clock.fast_forward(RENEWED_MS)
    expect(_dialog(page)).to_be_visible()
    return page


def test_what_was_typed_is_shown_and_keys_reach_no_other_task(typed: Page, engine: Engine) -> None:
    dialog = _dialog(typed)
    expect(dialog).to_contain_text("first")
    expect(dialog).to_contain_text("not this")
    expect(dialog).to_contain_text(CATALOGUE["p3"])
    typed.keyboard.type(" us1x0")  # what ann goes on to write
    expect(typed.locator("#answered")).to_have_text("0")
    typed.keyboard.press("Enter")
    expect(dialog).to_be_hidden()
    expect(query_of(typed)).to_be_focused()


def test_what_was_typed_is_put_back_with_the_task(
    typed: Page, engine: Engine, clock: FakeClock
) -> None:
    typed.keyboard.press("Enter")
    shown = query_of(typed).text_content()
    if shown == "second":  # whichever of both was claimed first
        typed.clock.run_for(200)
        typed.keyboard.press("0")
    expect(query_of(typed)).to_have_text("first")
    expect(typed.locator("#comment")).to_have_value("not this")
    expect(typed.locator("#query-facts")).to_contain_text("what you had typed is back")
    typed.clock.run_for(200)
    typed.keyboard.press("Enter")
    until(typed, lambda: typed.locator("#last-answers li").count() > 0)
    expect(notice(typed)).to_contain_text(f"Accepted: {CATALOGUE['p3']}")


def test_a_reload_keeps_what_was_typed(page: Page, engine: Engine, clock: FakeClock) -> None:
    task_id = ask_one(engine, clock, "first")
    open_page(page, "first")
    press(page, "c")
    page.keyboard.type("half a sent")
    page.reload()
    expect(page.locator("#comment")).to_have_value("half a sent")
    press(page, "0")
    until(page, lambda: verdict(engine, task_id) is not None)
    assert verdict(engine, task_id) == (Answer.NONE, [], "half a sent")
