"""The right product is not among the candidates: it is found in the whole catalogue."""

from __future__ import annotations

from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import Locator, Page, Response, Route, expect
from sqlalchemy import Engine

from service.database.tables import Answer
from tests.chromium import needs_chromium
from tests.service.conftest import FakeClock
from tests.service.review.queues import CATALOGUE
from tests.service.web.annotating import (
    NOT_PROPOSED,
    ask_one,
    open_page,
    press,
    query_of,
    until,
    verdict,
)

pytestmark = needs_chromium


@pytest.fixture
def asked(engine: Engine, clock: FakeClock) -> None:
    ask_one(engine, clock, "iphone 8 128gb silver")
    ask_one(engine, clock, "second")


def _dialog(page: Page) -> Locator:
    return page.get_by_role("dialog", name="Search the catalogue")


def _search(page: Page, text: str) -> Locator:
    """Open the search, type and wait for what is found; returns the options."""
    press(page, "/")
    with page.expect_response(lambda response: _asks(response, text)):  # not of its beginning
        page.keyboard.type(text)
    expect(page.locator("#search-status")).not_to_have_text("")
    return page.get_by_role("option")


def _asks(response: Response, text: str) -> bool:
    asked = parse_qs(urlsplit(response.url).query).get("query", [])
    return [one.strip() for one in asked] == [text.strip()]


def test_a_product_is_found_and_accepted_by_keys(
    page: Page, engine: Engine, clock: FakeClock
) -> None:
    task_id = ask_one(engine, clock, "first")
    ask_one(engine, clock, "second")
    open_page(page, "first")
    found = _search(page, "iphone silver")
    expect(found.first).to_contain_text(NOT_PROPOSED["phone"])
    page.keyboard.press("Enter")
    expect(query_of(page)).to_have_text("second")
    until(page, lambda: verdict(engine, task_id) is not None)
    assert verdict(engine, task_id) == (Answer.ACCEPTED, ["phone"], None)


def test_arrows_move_through_what_was_found(page: Page, engine: Engine, clock: FakeClock) -> None:
    task_id = ask_one(engine, clock, "first")
    open_page(page, "first")
    found = _search(page, "bosch")
    box = page.get_by_role("combobox")
    expect(box).to_have_attribute("aria-activedescendant", "found-0")
    page.keyboard.press("ArrowDown")
    expect(box).to_have_attribute("aria-activedescendant", "found-1")
    expect(found.nth(1)).to_have_attribute("aria-selected", "true")
    expect(found.nth(0)).to_have_attribute("aria-selected", "false")
    page.keyboard.press("ArrowUp")
    page.keyboard.press("ArrowUp")
    last = found.count() - 1
    expect(box).to_have_attribute("aria-activedescendant", f"found-{last}")
    chosen = found.nth(last).locator(".product-id").text_content()
    page.keyboard.press("Enter")
    until(page, lambda: verdict(engine, task_id) is not None)
    assert verdict(engine, task_id) == (Answer.ACCEPTED, [chosen], None)


def test_a_product_is_chosen_by_a_click(page: Page, engine: Engine, clock: FakeClock) -> None:
    task_id = ask_one(engine, clock, "first")
    open_page(page, "first")
    press(page, "ArrowDown")
    page.wait_for_timeout(160)
    page.get_by_role("button", name="Search").click()
    page.keyboard.type("bravia")
    page.get_by_role("option", name=NOT_PROPOSED["tv"]).click()
    until(page, lambda: verdict(engine, task_id) is not None)
    assert verdict(engine, task_id) == (Answer.ACCEPTED, ["tv"], None)


def test_words_that_differ_from_the_query_are_marked(page: Page, asked: None) -> None:
    open_page(page, "iphone 8 128gb silver")
    found = _search(page, "iphone")
    assert found.first.locator(".title mark").all_text_contents() == ["Apple", "64GB"]
    assert page.locator("#search-query mark").all_text_contents() == ["128gb"]


def test_candidates_are_named_as_such(page: Page, asked: None) -> None:
    open_page(page, "iphone 8 128gb silver")
    found = _search(page, CATALOGUE["p3"])
    expect(found.first.locator(".note")).to_have_text("candidate 3")


def test_how_many_were_found_is_told(page: Page, asked: None) -> None:
    open_page(page, "iphone 8 128gb silver")
    _search(page, "iphone")
    expect(page.locator("#search-status")).to_have_text(
        "1 product with all words, 5 that are similar"
    )
    page.get_by_role("combobox").fill("日本")
    expect(page.locator("#search-status")).to_have_text("No product was found.")


def test_found_products_can_be_added_as_some_of_several(
    page: Page, engine: Engine, clock: FakeClock
) -> None:
    task_id = ask_one(engine, clock, "first")
    open_page(page, "first")
    _search(page, "iphone")
    page.keyboard.press("Shift+Enter")
    expect(page.get_by_role("button", name="Accept 1 product")).to_be_visible()
    expect(page.locator("#candidates .chosen")).to_contain_text("from the catalogue")
    press(page, "2", "Enter")
    until(page, lambda: verdict(engine, task_id) is not None)
    assert verdict(engine, task_id) == (Answer.ACCEPTED, ["p2", "phone"], None)


def test_enter_before_the_answer_looks_up_what_was_typed(
    page: Page, engine: Engine, clock: FakeClock
) -> None:
    task_id = ask_one(engine, clock, "first")
    open_page(page, "first")
    found = _search(page, "iphone")
    expect(found.first).to_contain_text(NOT_PROPOSED["phone"])
    page.get_by_role("combobox").fill("bravia")
    page.keyboard.press("Enter")
    expect(found.first).to_contain_text(NOT_PROPOSED["tv"])
    assert verdict(engine, task_id) is None


def test_escape_closes_it_and_the_keys_answer_again(
    page: Page, engine: Engine, clock: FakeClock
) -> None:
    task_id = ask_one(engine, clock, "first")
    open_page(page, "first")
    press(page, "/")
    page.keyboard.type("1")  # is text here, not an answer
    page.keyboard.press("Escape")
    expect(_dialog(page)).to_be_hidden()
    assert verdict(engine, task_id) is None
    press(page, "1")
    until(page, lambda: verdict(engine, task_id) is not None)


def test_a_search_that_fails_says_so(page: Page, asked: None) -> None:
    open_page(page, "iphone 8 128gb silver")
    page.route("**/v1/products**", _abort)
    press(page, "/")
    page.keyboard.type("x")
    expect(page.locator("#search-status")).to_have_text(
        "Nothing was found: The service does not answer."
    )


def _abort(route: Route) -> None:
    route.abort()
