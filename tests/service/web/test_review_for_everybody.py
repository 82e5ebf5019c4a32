"""The page in each of its states: at 360 px, in light and dark, by keyboard and screen reader."""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import Engine, update

from service.database.engine import transaction
from service.database.tables import Answer, ReviewTaskRow
from tests.accessibility import barriers
from tests.chromium import needs_chromium
from tests.service.conftest import FakeClock
from tests.service.review.queues import queue_of
from tests.service.web.annotating import (
    PICTURES,
    ask_one,
    ask_with,
    open_page,
    press,
    query_of,
)

pytestmark = needs_chromium

Scheme = Literal["light", "dark"]
TEXT = "bosch " + "x" * 80 + " KGN39VLEBG fridge freezer 203cm"


def _task(page: Page) -> None:
    open_page(page, TEXT)


def _empty(page: Page) -> None:
    _task(page)
    press(page, "1")
    expect(page.get_by_role("heading", name="The queue is empty")).to_be_visible()
    expect(page.locator("#last-answers li")).to_have_count(1)


def _help(page: Page) -> None:
    _task(page)
    press(page, "?")


def _search(page: Page) -> None:
    _task(page)
    press(page, "/")
    page.keyboard.type("bosch")
    expect(page.get_by_role("option").first).to_be_visible()


def _skip(page: Page) -> None:
    _task(page)
    press(page, "s")


def _several(page: Page) -> None:
    _task(page)
    press(page, "x", "2")


def _problem(page: Page) -> None:
    _task(page)
    page.route("**/submit", lambda route: route.abort())
    press(page, "1")
    expect(page.locator("#notice.problem")).to_be_visible()


STATES = (_task, _empty, _help, _search, _skip, _several, _problem)


@pytest.fixture
def asked(page: Page, engine: Engine, clock: FakeClock) -> None:
    page.route(f"{PICTURES}/**", lambda route: route.fulfill(status=404))
    ask_with(engine, clock, TEXT, {"brand": "Bosch", "image": f"{PICTURES}/a.svg", "ean": "4" * 60})


@pytest.mark.parametrize("state", STATES, ids=lambda state: state.__name__.lstrip("_"))
@pytest.mark.parametrize(("width", "scheme"), [(360, "light"), (360, "dark"), (1200, "light")])
def test_no_barrier_and_nothing_beyond_the_edge(
    page: Page, asked: None, state: Callable[[Page], None], width: int, scheme: Scheme
) -> None:
    page.emulate_media(color_scheme=scheme)
    page.set_viewport_size({"width": width, "height": 740})
    state(page)
    assert page.evaluate("document.documentElement.scrollWidth") == width
    assert barriers(page) == ""


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_neither_with_opinions_nor_without_the_lease(
    page: Page, engine: Engine, clock: FakeClock, scheme: Scheme
) -> None:
    _dispute(engine, clock)
    page.emulate_media(color_scheme=scheme)
    page.set_viewport_size({"width": 360, "height": 740})
    page.clock.install()
    open_page(page, "disputed")
    expect(page.locator("#opinion-list li")).to_have_count(2)
    assert barriers(page) == ""
    page.keyboard.press("c")
    page.keyboard.type("half a sentence")
    clock.advance(121)
    page.clock.fast_forward(41_000)
    expect(page.get_by_role("dialog", name="Your time on this task ran out")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") == 360
    assert barriers(page) == ""


def test_everything_can_be_reached_by_the_tabulator(
    page: Page, engine: Engine, clock: FakeClock
) -> None:
    ask_one(engine, clock, "first")
    open_page(page, "first")
    expect(query_of(page)).to_be_focused()
    reached = []
    for _ in range(10):
        page.keyboard.press("Tab")
        reached.append(page.evaluate("document.activeElement.innerText.trim().split('\\n')[0]"))
    assert reached[:3] == ["1", "2", "3"]
    assert [one.split(" ")[0] for one in reached[3:9]] == ["0", "u", "s", "/", "x", ""]


def test_a_dialog_gives_the_focus_back(page: Page, engine: Engine, clock: FakeClock) -> None:
    ask_one(engine, clock, "first")
    open_page(page, "first")
    press(page, "ArrowDown", "ArrowDown")
    second = page.locator("button.candidate").nth(1)
    for key in ("/", "?", "s"):
        press(page, key)
        expect(page.get_by_role("dialog")).to_be_visible()
        press(page, "Escape")
        expect(second).to_be_focused()


def test_a_person_signs_out(page: Page, engine: Engine, clock: FakeClock) -> None:
    ask_one(engine, clock, "first")
    open_page(page, "first")
    page.get_by_role("button", name="Sign out").click()
    expect(page.get_by_role("heading", name="Sign in")).to_be_visible()
    page.goto("/review")
    expect(page.get_by_role("heading", name="Sign in")).to_be_visible()


def _dispute(engine: Engine, clock: FakeClock) -> None:
    ask_one(engine, clock, "disputed")
    with transaction(engine) as connection:
        connection.execute(update(ReviewTaskRow).values(opinions_wanted=2))
    for person, product_id in (("bob", "p1"), ("cleo", "p2")):
        queue = queue_of(engine, clock)
        [task] = queue.claim(person, 1, 60)
        assert task.lease_token is not None
        products = [product_id]
        queue.submit(task.id, task.lease_token, person, Answer.ACCEPTED, products, "I am sure")
        clock.advance(1)
