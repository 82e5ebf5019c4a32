"""A task is skipped, with a reason or without."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import Engine, select

from service.database.tables import EventRow
from tests.chromium import needs_chromium
from tests.service.conftest import FakeClock
from tests.service.review.queues import event_kinds
from tests.service.web.annotating import ask_one, open_page, press, query_of, until

pytestmark = needs_chromium


@pytest.mark.parametrize(
    ("key", "reason"),
    [("s", None), ("1", "unclear_text"), ("2", "not_my_field"), ("3", "later")],
)
def test_a_second_key_says_why(
    page: Page, engine: Engine, clock: FakeClock, key: str, reason: str | None
) -> None:
    task_id = ask_one(engine, clock, "first")
    ask_one(engine, clock, "second")
    open_page(page, "first")
    press(page, "s")
    expect(page.get_by_role("dialog", name="Why do you skip it?")).to_be_visible()
    press(page, key)
    expect(query_of(page)).to_have_text("second")
    until(page, lambda: "skipped" in event_kinds(engine, task_id))
    assert _details(engine, task_id).get("reason") == reason


def test_a_reason_in_ones_own_words(page: Page, engine: Engine, clock: FakeClock) -> None:
    task_id = ask_one(engine, clock, "first")
    ask_one(engine, clock, "second")
    open_page(page, "first")
    press(page, "s")
    page.get_by_role("textbox", name="Another reason").fill("needs a 2nd look")
    page.keyboard.press("Enter")
    expect(query_of(page)).to_have_text("second")
    until(page, lambda: "skipped" in event_kinds(engine, task_id))
    assert _details(engine, task_id)["reason"] == "needs a 2nd look"


def test_keys_are_letters_in_the_field_of_the_reason(
    page: Page, engine: Engine, clock: FakeClock
) -> None:
    task_id = ask_one(engine, clock, "first")
    open_page(page, "first")
    press(page, "s")
    page.get_by_role("textbox", name="Another reason").focus()
    page.keyboard.type("s12 3")
    expect(page.get_by_role("textbox", name="Another reason")).to_have_value("s12 3")
    assert "skipped" not in event_kinds(engine, task_id)


def test_escape_skips_nothing(page: Page, engine: Engine, clock: FakeClock) -> None:
    task_id = ask_one(engine, clock, "first")
    open_page(page, "first")
    press(page, "s", "Escape")
    expect(page.get_by_role("dialog")).to_be_hidden()
    expect(query_of(page)).to_have_text("first")
    assert "skipped" not in event_kinds(engine, task_id)


def test_a_skipped_task_comes_back_last(page: Page, engine: Engine, clock: FakeClock) -> None:
    ask_one(engine, clock, "first")
    ask_one(engine, clock, "second")
    open_page(page, "first")
    press(page, "s", "s")
    expect(query_of(page)).to_have_text("second")
    press(page, "0")
    expect(query_of(page)).to_have_text("first")


def _details(engine: Engine, task_id: UUID) -> dict[str, Any]:
    query = select(EventRow.details).where(
        EventRow.subject_id == str(task_id), EventRow.kind == "skipped"
    )
    with engine.connect() as connection:
        found: dict[str, Any] = connection.execute(query).scalar_one()
    return found
