"""Several products are right: they are chosen, seen to be chosen, and accepted together."""

from __future__ import annotations

from playwright.sync_api import Locator, Page, expect
from sqlalchemy import Engine

from service.database.tables import Answer
from tests.chromium import needs_chromium
from tests.service.conftest import FakeClock
from tests.service.review.queues import CATALOGUE
from tests.service.web.annotating import ask_one, notice, open_page, press, until, verdict

pytestmark = needs_chromium


def _candidate(page: Page, product_id: str) -> Locator:
    return page.locator(f'button.candidate[data-product-id="{product_id}"]')


def test_digits_choose_and_enter_accepts_them_all(
    page: Page, engine: Engine, clock: FakeClock
) -> None:
    task_id = ask_one(engine, clock, "first")
    open_page(page, "first")
    press(page, "x", "3", "1")
    expect(page.get_by_role("button", name="Accept 2 products")).to_be_visible()
    assert verdict(engine, task_id) is None
    press(page, "Enter")
    expect(page.locator("#answered")).to_have_text("1")
    assert verdict(engine, task_id) == (Answer.ACCEPTED, ["p1", "p3"], None)
    expect(notice(page)).to_have_text(f"Accepted: {CATALOGUE['p1']}; {CATALOGUE['p3']}")


def test_shift_and_a_digit_begin_with_a_product_at_once(
    page: Page, engine: Engine, clock: FakeClock
) -> None:
    task_id = ask_one(engine, clock, "first")
    open_page(page, "first")
    press(page, "Shift+Digit2", "3", "Enter")
    until(page, lambda: verdict(engine, task_id) is not None)
    assert verdict(engine, task_id) == (Answer.ACCEPTED, ["p2", "p3"], None)


def test_what_is_chosen_is_seen_and_told(page: Page, engine: Engine, clock: FakeClock) -> None:
    ask_one(engine, clock, "first")
    open_page(page, "first")
    several = page.get_by_role("button", name="Several")
    expect(_candidate(page, "p2")).not_to_have_attribute("aria-pressed", "false")
    press(page, "x")
    expect(several).to_have_attribute("aria-pressed", "true")
    expect(_candidate(page, "p2")).to_have_attribute("aria-pressed", "false")
    expect(page.get_by_role("button", name="Accept 0 products")).to_be_disabled()
    press(page, "2")
    expect(_candidate(page, "p2")).to_have_attribute("aria-pressed", "true")
    expect(notice(page)).to_have_text(f"Chosen: {CATALOGUE['p2']}")
    press(page, "2")
    expect(_candidate(page, "p2")).to_have_attribute("aria-pressed", "false")
    expect(notice(page)).to_have_text(f"Not chosen: {CATALOGUE['p2']}")
    press(page, "x")
    expect(several).to_have_attribute("aria-pressed", "false")
    assert _candidate(page, "p2").get_attribute("aria-pressed") is None


def test_fingers_can_do_it_too(page: Page, engine: Engine, clock: FakeClock) -> None:
    task_id = ask_one(engine, clock, "first")
    open_page(page, "first")
    page.get_by_role("button", name="Several").click()
    _candidate(page, "p1").click()
    _candidate(page, "p2").click()
    page.wait_for_timeout(160)
    page.get_by_role("button", name="Accept 2 products").click()
    expect(page.locator("#answered")).to_have_text("1")
    assert verdict(engine, task_id) == (Answer.ACCEPTED, ["p1", "p2"], None)


def test_enter_without_a_choice_answers_nothing(
    page: Page, engine: Engine, clock: FakeClock
) -> None:
    task_id = ask_one(engine, clock, "first")
    open_page(page, "first")
    press(page, "x", "Enter", "x", "Enter")
    page.wait_for_timeout(100)
    assert verdict(engine, task_id) is None


def test_enter_on_another_button_presses_that_button(
    page: Page, engine: Engine, clock: FakeClock
) -> None:
    task_id = ask_one(engine, clock, "first")
    open_page(page, "first")
    press(page, "x", "1")
    page.get_by_role("button", name="None of these").focus()
    press(page, "Enter")
    until(page, lambda: verdict(engine, task_id) is not None)
    assert verdict(engine, task_id) == (Answer.NONE, [], None)


def test_digits_are_those_of_the_row_on_every_layout(
    page: Page, engine: Engine, clock: FakeClock
) -> None:
    """On a French keyboard the row prints signs without shift and digits with it."""
    task_id = ask_one(engine, clock, "first")
    open_page(page, "first")
    page.wait_for_timeout(160)
    _key(page, key="2", code="Digit2", shiftKey=True)
    _key(page, key='"', code="Digit3")
    expect(page.get_by_role("button", name="Accept 2 products")).to_be_visible()
    _key(page, key="Enter", code="Enter")
    until(page, lambda: verdict(engine, task_id) is not None)
    assert verdict(engine, task_id) == (Answer.ACCEPTED, ["p2", "p3"], None)


def test_letters_are_those_in_their_place_where_a_layout_has_no_latin_ones(
    page: Page, engine: Engine, clock: FakeClock
) -> None:
    ask_one(engine, clock, "first")
    open_page(page, "first")
    _key(page, key="ч", code="KeyX")
    expect(page.get_by_role("button", name="Several")).to_have_attribute("aria-pressed", "true")


def test_the_slash_above_a_digit_is_a_slash(page: Page, engine: Engine, clock: FakeClock) -> None:
    """On a German keyboard it is the seven with shift."""
    ask_one(engine, clock, "first")
    open_page(page, "first")
    page.wait_for_timeout(160)
    _key(page, key="/", code="Digit7", shiftKey=True)
    expect(page.get_by_role("dialog", name="Search the catalogue")).to_be_visible()


def _key(page: Page, **event: str | bool) -> None:
    page.evaluate(
        """event => document.activeElement.dispatchEvent(
            new KeyboardEvent("keydown", {bubbles: true, cancelable: true, ...event}))""",
        event,
    )
