"""The last answers of a sitting can be taken back, one by one."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, Route, expect
from sqlalchemy import Engine

from service.database.tables import Answer
from tests.chromium import needs_chromium
from tests.service.conftest import FakeClock
from tests.service.review.queues import CATALOGUE
from tests.service.web.annotating import (
    NOT_PROPOSED,
    ask_one,
    notice,
    open_page,
    press,
    query_of,
    until,
    verdicts,
)

pytestmark = needs_chromium


@pytest.mark.parametrize("key", ["z", "Backspace"])
def test_a_key_takes_the_last_answer_back(
    page: Page, engine: Engine, clock: FakeClock, key: str
) -> None:
    task_id = ask_one(engine, clock, "first")
    ask_one(engine, clock, "second")
    open_page(page, "first")
    press(page, "2")
    expect(query_of(page)).to_have_text("second")
    press(page, key)
    expect(query_of(page)).to_have_text("first")
    expect(notice(page)).to_have_text(f"Taken back: {CATALOGUE['p2']}. Answer again.")
    expect(page.locator("#query-facts")).to_contain_text(f"answer before: {CATALOGUE['p2']}")
    expect(page.locator("#candidates li", has_text="your answer before")).to_contain_text(
        CATALOGUE["p2"]
    )
    expect(page.locator("#answered")).to_have_text("0")
    press(page, "1")
    expect(query_of(page)).to_have_text("second")
    expect(page.locator("#answered")).to_have_text("1")
    assert verdicts(engine, task_id) == [
        (Answer.ACCEPTED, ["p2"], None),
        (Answer.WITHDRAWN, [], None),
        (Answer.ACCEPTED, ["p1"], None),
    ]


def test_everything_of_the_answer_comes_back(page: Page, engine: Engine, clock: FakeClock) -> None:
    ask_one(engine, clock, "first")
    ask_one(engine, clock, "second")
    open_page(page, "first")
    press(page, "c")
    page.keyboard.type("10 units")
    press(page, "Escape", "/")
    page.keyboard.type("bravia")
    expect(page.get_by_role("option").first).to_contain_text(NOT_PROPOSED["tv"])
    page.keyboard.press("Shift+Enter")
    press(page, "1", "Enter")
    expect(query_of(page)).to_have_text("second")
    press(page, "z")
    expect(query_of(page)).to_have_text("first")
    expect(page.locator("#comment")).to_have_value("10 units")
    expect(page.get_by_role("button", name="Accept 2 products")).to_be_visible()
    assert page.locator("#candidates .chosen .product-id").all_text_contents() == ["p1", "tv"]


def test_what_was_typed_for_the_task_behind_stays(
    page: Page, engine: Engine, clock: FakeClock
) -> None:
    ask_one(engine, clock, "first")
    ask_one(engine, clock, "second")
    open_page(page, "first")
    press(page, "0", "c")
    page.keyboard.type("of the second")
    press(page, "Escape", "z")
    expect(query_of(page)).to_have_text("first")
    expect(page.locator("#comment")).to_have_value("")
    press(page, "1")
    expect(query_of(page)).to_have_text("second")
    expect(page.locator("#comment")).to_have_value("of the second")


def test_any_of_the_last_answers_is_taken_back_by_its_button(
    page: Page, engine: Engine, clock: FakeClock
) -> None:
    asked = [ask_one(engine, clock, f"query {number}") for number in range(7)]
    open_page(page, "query 0")
    press(page, *"012u01")
    expect(query_of(page)).to_have_text("query 6")
    said = page.locator("#last-answers .query-text")
    assert said.all_text_contents() == [f"query {number}" for number in (5, 4, 3, 2, 1)]
    page.get_by_role("button", name="Take back: unsure, for query 3").click()
    expect(query_of(page)).to_have_text("query 3")
    assert said.all_text_contents() == [f"query {number}" for number in (5, 4, 2, 1)]
    assert [one[0] for one in verdicts(engine, asked[3])] == [Answer.UNSURE, Answer.WITHDRAWN]


def test_there_is_nothing_to_take_back_at_first(
    page: Page, engine: Engine, clock: FakeClock
) -> None:
    ask_one(engine, clock, "first")
    open_page(page, "first")
    press(page, "z")
    expect(notice(page)).to_have_text("There is no answer of yours to take back.")


def test_an_answer_that_is_too_old_stays(page: Page, engine: Engine, clock: FakeClock) -> None:
    ask_one(engine, clock, "first")
    open_page(page, "first")
    press(page, "0")
    expect(page.locator("#answered")).to_have_text("1")
    clock.advance(1800)
    press(page, "z")
    expect(notice(page)).to_contain_text("Not taken back: Your answer is too old")
    expect(page.locator("#answered")).to_have_text("1")
    expect(page.locator("#last")).to_be_hidden()


def test_what_does_not_arrive_can_be_tried_again(
    page: Page, engine: Engine, clock: FakeClock
) -> None:
    task_id = ask_one(engine, clock, "first")
    open_page(page, "first")
    press(page, "0")
    expect(page.locator("#answered")).to_have_text("1")
    page.route("**/undo", _abort)
    press(page, "z")
    expect(notice(page)).to_contain_text("Not taken back: The service does not answer")
    page.unroute("**/undo")
    press(page, "z")
    expect(query_of(page)).to_be_visible()
    assert [one[0] for one in verdicts(engine, task_id)] == [Answer.NONE, Answer.WITHDRAWN]


def test_an_answer_on_its_way_is_taken_back_once_it_has_arrived(
    page: Page, engine: Engine, clock: FakeClock
) -> None:
    task_id = ask_one(engine, clock, "first")
    ask_one(engine, clock, "second")
    open_page(page, "first")
    waiting: list[Route] = []
    page.route("**/submit", lambda route: waiting.append(route))
    press(page, "0", "z")
    until(page, lambda: len(waiting) == 1)
    assert verdicts(engine, task_id) == []
    waiting[0].continue_()
    expect(query_of(page)).to_have_text("first")
    assert [one[0] for one in verdicts(engine, task_id)] == [Answer.NONE, Answer.WITHDRAWN]


def _abort(route: Route) -> None:
    route.abort()
