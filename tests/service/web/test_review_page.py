"""The review page in a real browser, worked as an annotator works it."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from uuid import UUID

import pytest
from playwright.sync_api import Browser, Locator, Page, Request, Route, expect
from sqlalchemy import Engine, select

from service.access.dependencies import SESSION_COOKIE
from service.access.service import create_sign_in_link, redeem_sign_in_link
from service.app import create_app
from service.database.tables import Answer, ReviewTaskRow, TaskState, VerdictRow
from service.review.dependencies import connect_catalogue
from service.settings import Settings
from service.web.assets import asset
from tests.chromium import chromium, needs_chromium
from tests.service.conftest import FakeClock, running
from tests.service.review.queues import CATALOGUE, ask, event_kinds

HOUR = timedelta(hours=1)
SETTLED_MS = 160  # the page ignores keys that come faster after a new task

pytestmark = needs_chromium


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as browser:
        yield browser


@pytest.fixture(scope="module")
def server_clock() -> FakeClock:
    return FakeClock()


@pytest.fixture(scope="module")
def url(shared_engine: Engine, server_clock: FakeClock) -> Iterator[str]:
    """A service whose reviews are not blind."""
    app = create_app(Settings(blind_review=False), shared_engine, server_clock)
    connect_catalogue(app, CATALOGUE.__contains__)
    with running(app) as url:
        yield url


@pytest.fixture
def clock(server_clock: FakeClock) -> FakeClock:
    server_clock.now = FakeClock().now
    return server_clock


@pytest.fixture
def visitor(browser: Browser, url: str, engine: Engine) -> Iterator[Page]:
    """A browser; nothing in it may fail or reach out of the service."""
    context = browser.new_context(base_url=url)
    page = context.new_page()
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.on("console", lambda line: errors.append(line.text) if "Policy" in line.text else None)
    page.on("request", lambda request: errors.extend(_foreign(request, url)))
    under_way: set[Request] = set()
    page.on("request", lambda request: under_way.add(request))
    page.on("requestfinished", lambda request: under_way.discard(request))
    page.on("requestfailed", lambda request: under_way.discard(request))
    yield page
    _come_to_rest(page, under_way)
    context.close()
    assert errors == []


@pytest.fixture
def page(visitor: Page, url: str, engine: Engine, clock: FakeClock) -> Page:
    """A browser that ann has signed in with."""
    link = create_sign_in_link(engine, clock, "ann", ["review"], HOUR, by="test")
    session = redeem_sign_in_link(engine, clock, link, HOUR)
    visitor.context.add_cookies([{"name": SESSION_COOKIE, "value": session, "url": url}])
    return visitor


@pytest.fixture(scope="module")
def any_page(browser: Browser, url: str) -> Iterator[Page]:
    with browser.new_context(base_url=url) as context:
        page = context.new_page()
        page.goto("/sign-in")
        yield page


def test_the_sign_in_link_leads_to_the_first_task(
    visitor: Page, engine: Engine, clock: FakeClock
) -> None:
    _ask(engine, clock, "first")
    link = create_sign_in_link(engine, clock, "ann", ["review"], HOUR, by="test")
    visitor.goto(f"/sign-in/{link}")
    visitor.get_by_role("button", name="Sign in").click()
    expect(_query(visitor)).to_have_text("first")


def test_tasks_are_answered_by_keys_alone(page: Page, engine: Engine, clock: FakeClock) -> None:
    asked = [_ask(engine, clock, text) for text in ["first", "second", "third", "fourth"]]
    _open(page, "first")
    for key, following in [("2", "second"), ("0", "third"), ("u", "fourth")]:
        _press(page, key)
        expect(_query(page)).to_have_text(following)
    _press(page, "1")
    expect(page.get_by_role("heading", name="The queue is empty")).to_be_visible()
    expect(page.locator("#answered")).to_have_text("4")
    assert [_verdict(engine, task_id) for task_id in asked] == [
        (Answer.ACCEPTED, ["p2"], None),
        (Answer.NONE, [], None),
        (Answer.UNSURE, [], None),
        (Answer.ACCEPTED, ["p1"], None),
    ]


def test_a_candidate_shows_its_probability_or_else_its_score(
    page: Page, engine: Engine, clock: FakeClock
) -> None:
    ask(engine, clock, "first", probabilities=(0.87, 0.004, None))
    _open(page, "first")
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
    _ask(engine, clock, "first")
    _open(page, "first")
    expect(page.locator("#candidates .score")).to_have_text(["0.900", "0.800", "0.700"])


def test_tasks_are_answered_by_buttons(page: Page, engine: Engine, clock: FakeClock) -> None:
    first, second = _ask(engine, clock, "first"), _ask(engine, clock, "second")
    _open(page, "first")
    page.wait_for_timeout(SETTLED_MS)
    page.get_by_role("button", name=CATALOGUE["p3"]).click()
    expect(_query(page)).to_have_text("second")
    page.wait_for_timeout(SETTLED_MS)
    page.get_by_role("button", name="None of these").click()
    expect(page.locator("#answered")).to_have_text("2")
    assert _verdict(engine, first) == (Answer.ACCEPTED, ["p3"], None)
    assert _verdict(engine, second) == (Answer.NONE, [], None)


def test_arrows_choose_and_enter_accepts(page: Page, engine: Engine, clock: FakeClock) -> None:
    task_id = _ask(engine, clock, "first")
    _open(page, "first")
    for key in ["ArrowDown", "ArrowDown", "Enter"]:
        _press(page, key)
    expect(page.locator("#answered")).to_have_text("1")
    assert _verdict(engine, task_id) == (Answer.ACCEPTED, ["p2"], None)


def test_a_comment_goes_with_the_answer(page: Page, engine: Engine, clock: FakeClock) -> None:
    task_id = _ask(engine, clock, "first")
    _open(page, "first")
    _press(page, "c")
    page.keyboard.type("10 units")
    for key in ["Escape", "0"]:
        _press(page, key)
    expect(page.locator("#answered")).to_have_text("1")
    assert _verdict(engine, task_id) == (Answer.NONE, [], "10 units")


def test_a_skipped_task_comes_back_last(page: Page, engine: Engine, clock: FakeClock) -> None:
    task_id = _ask(engine, clock, "first")
    _ask(engine, clock, "second")
    _open(page, "first")
    _press(page, "s")
    expect(_query(page)).to_have_text("second")
    _press(page, "0")
    expect(_query(page)).to_have_text("first")
    assert "skipped" in event_kinds(engine, task_id)


def test_a_key_hit_twice_answers_one_task(page: Page, engine: Engine, clock: FakeClock) -> None:
    _ask(engine, clock, "first")
    second = _ask(engine, clock, "second")
    _open(page, "first")
    _press(page, "1")
    page.keyboard.press("1")
    expect(page.locator("#answered")).to_have_text("1")
    expect(_query(page)).to_have_text("second")
    assert _verdict(engine, second) is None


def test_the_help_takes_the_keys(page: Page, engine: Engine, clock: FakeClock) -> None:
    task_id = _ask(engine, clock, "first")
    _open(page, "first")
    _press(page, "?")
    expect(page.get_by_role("dialog", name="Keys")).to_be_visible()
    _press(page, "1")
    _press(page, "?")
    expect(page.get_by_role("dialog", name="Keys")).to_be_hidden()
    assert _verdict(engine, task_id) is None


def test_an_empty_queue_is_looked_at_again(page: Page, engine: Engine, clock: FakeClock) -> None:
    page.clock.install()
    page.goto("/review")
    expect(page.get_by_role("heading", name="The queue is empty")).to_be_visible()
    _ask(engine, clock, "late")
    page.clock.fast_forward(5_000)
    expect(_query(page)).to_have_text("late")


def test_leases_renew_while_the_page_is_in_use(
    page: Page, engine: Engine, clock: FakeClock
) -> None:
    shown, ahead = _ask(engine, clock, "shown"), _ask(engine, clock, "ahead")
    page.clock.install()
    _open(page, "shown")
    page.clock.fast_forward(41_000)
    _until(lambda: all("renewed" in event_kinds(engine, task_id) for task_id in (shown, ahead)))


def test_leases_run_out_when_nobody_is_there(page: Page, engine: Engine, clock: FakeClock) -> None:
    task_id = _ask(engine, clock, "shown")
    page.clock.install()
    _open(page, "shown")
    page.clock.fast_forward(11 * 60_000)
    page.wait_for_timeout(100)
    assert "renewed" not in event_kinds(engine, task_id)


def test_a_lease_lost_meanwhile_is_said(page: Page, engine: Engine, clock: FakeClock) -> None:
    task_id = _ask(engine, clock, "first")
    page.clock.install()
    _open(page, "first")
    clock.advance(121)
    _ask(engine, clock, "second")
    page.clock.fast_forward(41_000)
    expect(page.get_by_role("status")).to_contain_text("Your time on that task ran out")
    _until(lambda: event_kinds(engine, task_id)[-2:] == ["expired", "claimed"])


def test_an_answer_after_the_lease_is_not_saved(
    page: Page, engine: Engine, clock: FakeClock
) -> None:
    task_id = _ask(engine, clock, "first")
    _open(page, "first")
    clock.advance(121)
    _press(page, "1")
    expect(page.get_by_role("status")).to_contain_text("Not saved: The lease has ended")
    expect(page.locator("#answered")).to_have_text("0")
    assert _verdict(engine, task_id) is None


def test_an_answer_that_does_not_arrive_can_be_given_again(
    page: Page, engine: Engine, clock: FakeClock
) -> None:
    task_id = _ask(engine, clock, "first")
    _ask(engine, clock, "second")
    _open(page, "first")
    page.route("**/submit", _abort)
    _press(page, "1")
    expect(page.get_by_role("status")).to_contain_text("Not saved: The service does not answer")
    expect(_query(page)).to_have_text("first")
    page.unroute("**/submit")
    _press(page, "1")
    expect(page.locator("#answered")).to_have_text("1")
    assert _verdict(engine, task_id) == (Answer.ACCEPTED, ["p1"], None)


def test_leaving_gives_the_tasks_back(page: Page, engine: Engine, clock: FakeClock) -> None:
    asked = [_ask(engine, clock, text) for text in ["shown", "ahead"]]
    _open(page, "shown")
    _until(lambda: _states(engine) == [TaskState.LEASED] * 2)
    page.goto("about:blank")
    _until(lambda: _states(engine) == [TaskState.OPEN] * 2)
    assert [event_kinds(engine, task_id)[-1] for task_id in asked] == ["released"] * 2


def test_texts_are_never_markup(page: Page, engine: Engine, clock: FakeClock) -> None:
    text = "<img src=x onerror=alert(1)> & <b>bold</b>"
    _ask(engine, clock, text)
    _open(page, text)
    assert page.locator("main img, main b").count() == 0


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_telephone_needs_no_scrolling_sideways(
    page: Page, engine: Engine, clock: FakeClock, scheme: str
) -> None:
    text = "bosch " + "x" * 200 + " fridge freezer " * 20
    _ask(engine, clock, text)
    page.emulate_media(color_scheme="light" if scheme == "light" else "dark")
    page.set_viewport_size({"width": 360, "height": 740})
    _open(page, text.strip())
    assert page.evaluate("document.documentElement.scrollWidth") == 360


def test_differing_words_are_marked_on_both_sides(
    page: Page, engine: Engine, clock: FakeClock
) -> None:
    text = "Bosch KGN39VLEBG fridge 203cm new"
    _ask(engine, clock, text)
    _open(page, text)
    assert _marks(page, "#query") == ["KGN39VLEB", "G", "new"]
    of_the_first = _marks(page, "#candidates li:nth-child(1)")
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


def _come_to_rest(page: Page, under_way: set[Request]) -> None:
    """Let nothing that this page sends reach the database of the next test."""
    quiet = 0
    for _ in range(100):
        page.wait_for_timeout(10)
        quiet = 0 if under_way else quiet + 1
        if quiet == 3:
            break
    page.context.set_offline(True)


def _foreign(request: Request, url: str) -> list[str]:
    own = (f"{url}/", "about:", "data:")
    return [] if request.url.startswith(own) else [f"request to {request.url}"]


def _abort(route: Route) -> None:
    route.abort()


def _ask(engine: Engine, clock: FakeClock, text: str) -> UUID:
    (task_id,) = ask(engine, clock, text)
    clock.advance(1)
    return task_id


def _open(page: Page, text: str) -> None:
    page.goto("/review")
    expect(_query(page)).to_have_text(text)


def _query(page: Page) -> Locator:
    return page.locator("#query")


def _press(page: Page, key: str) -> None:
    page.wait_for_timeout(SETTLED_MS)
    page.keyboard.press(key)


def _marks(page: Page, where: str) -> list[str]:
    return page.locator(f"{where} mark").all_text_contents()


def _verdict(engine: Engine, task_id: UUID) -> tuple[Answer, list[str], str | None] | None:
    query = select(VerdictRow.answer, VerdictRow.product_ids, VerdictRow.comment)
    with engine.connect() as connection:
        row = connection.execute(query.where(VerdictRow.task_id == task_id)).one_or_none()
    return None if row is None else (row.answer, row.product_ids, row.comment)


def _states(engine: Engine) -> list[TaskState]:
    with engine.connect() as connection:
        return list(connection.execute(select(ReviewTaskRow.state)).scalars())


def _until(holds: Callable[[], bool]) -> None:
    """Wait for what the browser does after it has answered us."""
    deadline = time.monotonic() + 5
    while not holds():
        assert time.monotonic() < deadline, "it did not happen within five seconds"
        time.sleep(0.02)
