"""The review page in a real browser, worked as an annotator works it."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, Route, expect
from sqlalchemy import Engine, select

from service.access.service import create_key, create_sign_in_link
from service.access.tokens import ApiKey
from service.database.tables import Answer, ReviewTaskRow, TaskState
from service.web.assets import asset
from tests.chromium import needs_chromium
from tests.service.conftest import FakeClock
from tests.service.review.queues import CATALOGUE, ask, event_kinds
from tests.service.web.annotating import (
    HOUR,
    SETTLED_MS,
    ask_one,
    notice,
    open_page,
    press,
    query_of,
    until,
    verdict,
)

pytestmark = needs_chromium


@pytest.fixture(scope="module")
def any_page(browser: Browser, url: str) -> Iterator[Page]:
    with browser.new_context(base_url=url) as context:
        page = context.new_page()
        page.goto("/sign-in")
        yield page


def test_the_sign_in_link_leads_to_the_first_task(
    visitor: Page, engine: Engine, clock: FakeClock
) -> None:
    ask_one(engine, clock, "first")
    link = create_sign_in_link(engine, clock, "ann", ["review"], HOUR, by="test")
    visitor.goto(f"/sign-in/{link}")
    visitor.get_by_role("button", name="Sign in").click()
    expect(query_of(visitor)).to_have_text("first")


def test_a_key_signs_in_and_a_wrong_one_does_not(
    visitor: Page, engine: Engine, clock: FakeClock
) -> None:
    ask_one(engine, clock, "first")
    key = ApiKey.random()
    create_key(engine, clock, key, "ann", ["review"], by="test")
    visitor.goto("/review")
    for given in (str(ApiKey.random()), str(key)):
        visitor.get_by_label("API key").fill(given)
        visitor.get_by_role("button", name="Sign in").click()
        if given != str(key):
            expect(visitor.get_by_role("alert")).to_be_visible()
    expect(query_of(visitor)).to_have_text("first")


def test_tasks_are_answered_by_keys_alone(page: Page, engine: Engine, clock: FakeClock) -> None:
    asked = [ask_one(engine, clock, text) for text in ["first", "second", "third", "fourth"]]
    open_page(page, "first")
    for key, following in [("2", "second"), ("0", "third"), ("u", "fourth")]:
        press(page, key)
        expect(query_of(page)).to_have_text(following)
    press(page, "1")
    expect(page.get_by_role("heading", name="The queue is empty")).to_be_visible()
    expect(page.locator("#answered")).to_have_text("4")
    assert [verdict(engine, task_id) for task_id in asked] == [
        (Answer.ACCEPTED, ["p2"], None),
        (Answer.NONE, [], None),
        (Answer.UNSURE, [], None),
        (Answer.ACCEPTED, ["p1"], None),
    ]


def test_a_candidate_shows_its_probability_or_else_its_score(
    page: Page, engine: Engine, clock: FakeClock
) -> None:
    ask(engine, clock, "first", probabilities=(0.87, 0.004, None))
    open_page(page, "first")
    shown = page.locator("#candidates .score")
    expect(shown).to_have_text(["probability 87 %", "probability 0 %", "0.700"])
    expect(shown.nth(0)).to_have_attribute("title", re.compile("How probable"))
    expect(shown.nth(2)).to_have_attribute("title", re.compile("How similar"))
    bars = page.locator("#candidates .score-bar")
    assert [bar.evaluate("bar => bar.style.getPropertyValue('--score')") for bar in bars.all()] == [
        "0.87",
        "0.004",
        "0.7",
    ]


def test_without_a_decider_candidates_show_their_scores(
    page: Page, engine: Engine, clock: FakeClock
) -> None:
    ask_one(engine, clock, "first")
    open_page(page, "first")
    expect(page.locator("#candidates .score")).to_have_text(["0.900", "0.800", "0.700"])


def test_tasks_are_answered_by_buttons(page: Page, engine: Engine, clock: FakeClock) -> None:
    first, second = ask_one(engine, clock, "first"), ask_one(engine, clock, "second")
    open_page(page, "first")
    page.wait_for_timeout(SETTLED_MS)
    page.get_by_role("button", name=CATALOGUE["p3"]).click()
    expect(query_of(page)).to_have_text("second")
    page.wait_for_timeout(SETTLED_MS)
    page.get_by_role("button", name="None of these").click()
    expect(page.locator("#answered")).to_have_text("2")
    assert verdict(engine, first) == (Answer.ACCEPTED, ["p3"], None)
    assert verdict(engine, second) == (Answer.NONE, [], None)


def test_arrows_choose_and_enter_accepts(page: Page, engine: Engine, clock: FakeClock) -> None:
    task_id = ask_one(engine, clock, "first")
    open_page(page, "first")
    for key in ["ArrowDown", "ArrowDown", "Enter"]:
        press(page, key)
    expect(page.locator("#answered")).to_have_text("1")
    assert verdict(engine, task_id) == (Answer.ACCEPTED, ["p2"], None)


def test_a_comment_goes_with_the_answer(page: Page, engine: Engine, clock: FakeClock) -> None:
    task_id = ask_one(engine, clock, "first")
    open_page(page, "first")
    press(page, "c")
    page.keyboard.type("10 units")
    for key in ["Escape", "0"]:
        press(page, key)
    expect(page.locator("#answered")).to_have_text("1")
    assert verdict(engine, task_id) == (Answer.NONE, [], "10 units")


def test_a_skipped_task_comes_back_last(page: Page, engine: Engine, clock: FakeClock) -> None:
    task_id = ask_one(engine, clock, "first")
    ask_one(engine, clock, "second")
    open_page(page, "first")
    press(page, "s", "s")
    expect(query_of(page)).to_have_text("second")
    press(page, "0")
    expect(query_of(page)).to_have_text("first")
    assert "skipped" in event_kinds(engine, task_id)


def test_a_key_hit_twice_answers_one_task(page: Page, engine: Engine, clock: FakeClock) -> None:
    ask_one(engine, clock, "first")
    second = ask_one(engine, clock, "second")
    open_page(page, "first")
    press(page, "1")
    page.keyboard.press("1")
    expect(page.locator("#answered")).to_have_text("1")
    expect(query_of(page)).to_have_text("second")
    assert verdict(engine, second) is None


def test_the_help_takes_the_keys(page: Page, engine: Engine, clock: FakeClock) -> None:
    task_id = ask_one(engine, clock, "first")
    open_page(page, "first")
    press(page, "?")
    expect(page.get_by_role("dialog", name="Keys")).to_be_visible()
    press(page, "1")
    press(page, "?")
    expect(page.get_by_role("dialog", name="Keys")).to_be_hidden()
    assert verdict(engine, task_id) is None


def test_an_empty_queue_is_looked_at_again(page: Page, engine: Engine, clock: FakeClock) -> None:
    page.clock.install()
    page.goto("/review")
    expect(page.get_by_role("heading", name="The queue is empty")).to_be_visible()
    ask_one(engine, clock, "late")
    page.clock.fast_forward(5_000)
    expect(query_of(page)).to_have_text("late")


def test_leases_renew_while_the_page_is_in_use(
    page: Page, engine: Engine, clock: FakeClock
) -> None:
    shown, ahead = ask_one(engine, clock, "shown"), ask_one(engine, clock, "ahead")
    page.clock.install()
    open_page(page, "shown")
    page.clock.fast_forward(41_000)
    until(
        page, lambda: all("renewed" in event_kinds(engine, task_id) for task_id in (shown, ahead))
    )


def test_leases_run_out_when_nobody_is_there(page: Page, engine: Engine, clock: FakeClock) -> None:
    task_id = ask_one(engine, clock, "shown")
    page.clock.install()
    open_page(page, "shown")
    page.clock.fast_forward(11 * 60_000)
    page.wait_for_timeout(100)
    assert "renewed" not in event_kinds(engine, task_id)


def test_an_answer_that_does_not_arrive_can_be_given_again(
    page: Page, engine: Engine, clock: FakeClock
) -> None:
    task_id = ask_one(engine, clock, "first")
    ask_one(engine, clock, "second")
    open_page(page, "first")
    page.route("**/submit", _abort)
    press(page, "1")
    expect(notice(page)).to_contain_text("Not saved: The service does not answer")
    expect(query_of(page)).to_have_text("first")
    page.unroute("**/submit")
    press(page, "1")
    expect(page.locator("#answered")).to_have_text("1")
    assert verdict(engine, task_id) == (Answer.ACCEPTED, ["p1"], None)


def test_leaving_gives_the_tasks_back(page: Page, engine: Engine, clock: FakeClock) -> None:
    asked = [ask_one(engine, clock, text) for text in ["shown", "ahead"]]
    open_page(page, "shown")
    until(page, lambda: _states(engine) == [TaskState.LEASED] * 2)
    page.goto("about:blank")
    until(page, lambda: _states(engine) == [TaskState.OPEN] * 2)
    assert [event_kinds(engine, task_id)[-1] for task_id in asked] == ["released"] * 2


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_telephone_needs_no_scrolling_sideways(
    page: Page, engine: Engine, clock: FakeClock, scheme: str
) -> None:
    text = "bosch " + "x" * 200 + " fridge freezer " * 20
    ask_one(engine, clock, text)
    page.emulate_media(color_scheme="light" if scheme == "light" else "dark")
    page.set_viewport_size({"width": 360, "height": 740})
    open_page(page, text.strip())
    assert page.evaluate("document.documentElement.scrollWidth") == 360


def test_differing_words_are_marked_on_both_sides(
    page: Page, engine: Engine, clock: FakeClock
) -> None:
    text = "Bosch KGN39VLEBG fridge 203cm new"
    ask_one(engine, clock, text)
    open_page(page, text)
    assert _marks(page, "#query") == ["KGN39VLEB", "G", "new"]
    of_the_first = _marks(page, "#candidates > li:nth-child(1) .title")
    assert of_the_first == ["Serie", "4", "KGN39VLEB", "Freezer", "x", "60"]


@pytest.mark.parametrize(
    ("text", "other", "expected"),
    [
        ("55 inch", "55 INCH", []),
        ("203cm", "203 cm", []),
        ("1,5 l", "1.5 l", []),
        ("64gb grey", "128gb grey", [("64gb", "number")]),
        ("KGN39VLEBG", "kgn39vleb", [("KGN39VLEB", "alike"), ("G", "number")]),
        ("KGN39VLEB", "kgn39vlebg", [("KGN39VLEB", "alike")]),
        ("UE55", "UE65", [("UE55", "number")]),
        ("Größe L", "grösse l", [("Größe", "word")]),
    ],
)
def test_what_differs(
    any_page: Page, text: str, other: str, expected: list[tuple[str, str]]
) -> None:
    pieces = any_page.evaluate(
        """async ([path, text, other]) => {
            const words = await import(path);
            return words.compare(text, words.vocabulary(other));
        }""",
        [asset("words.js"), text, other],
    )
    assert "".join(piece["text"] for piece in pieces) == text
    differing = [(piece["text"], piece["kind"]) for piece in pieces if piece["kind"] != "same"]
    assert differing == expected


def _abort(route: Route) -> None:
    route.abort()


def _marks(page: Page, where: str) -> list[str]:
    return page.locator(f"{where} mark").all_text_contents()


def _states(engine: Engine) -> list[TaskState]:
    with engine.connect() as connection:
        return list(connection.execute(select(ReviewTaskRow.state)).scalars())
