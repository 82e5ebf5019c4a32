"""What queries and products say of themselves: attributes beside each other, and pictures."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, Route, expect
from sqlalchemy import Engine

from service.review.tasks import Candidate
from tests.chromium import needs_chromium
from tests.service.conftest import FakeClock
from tests.service.web.annotating import (
    ATTRIBUTES,
    PICTURES,
    ask_with,
    notice,
    open_page,
    press,
)

pytestmark = needs_chromium

PIXEL = '<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"/>'
HOSTILE = '<img src=x onerror="hacked=1"><script>hacked=1</script>" onfocus="hacked=1" x="'


@pytest.fixture
def pictures(page: Page) -> list[dict[str, str]]:
    """A host of pictures; returns the headers of each request to it."""
    asked: list[dict[str, str]] = []

    def give(route: Route) -> None:
        asked.append(route.request.headers)
        route.fulfill(content_type="image/svg+xml", body=PIXEL)

    page.route(f"{PICTURES}/**", give)
    return asked


def test_attributes_stand_beside_each_other_with_what_differs_marked(
    page: Page, engine: Engine, clock: FakeClock
) -> None:
    ask_with(engine, clock, "first", {"brand": "Bosch", "colour": "white", "price": "9"})
    open_page(page, "first")
    assert page.locator("#attributes li").all_text_contents() == [
        "brand Bosch",
        "price 9",
        "colour white",
    ]
    second = page.get_by_role("list", name="Attributes of Bosch Serie 4 KGN36VLEB")
    assert second.locator("li").all_text_contents()[:2] == ["brand Bosch", "colour black"]
    assert second.locator("mark").all_text_contents() == ["black"]
    third = page.get_by_role("list", name="Attributes of Samsung")
    assert third.locator("mark").all_text_contents() == ["Samsung"]


def test_what_the_query_has_too_comes_first(page: Page, engine: Engine, clock: FakeClock) -> None:
    ask_with(engine, clock, "first", {"colour": "white"})
    open_page(page, "first")
    first = page.get_by_role("list", name="Attributes of Bosch Serie 4 KGN36VLEB")
    assert first.locator(".name").all_text_contents()[:2] == ["colour", "brand"]


def test_pictures_come_from_allowed_hosts_only(
    page: Page, engine: Engine, clock: FakeClock, pictures: list[dict[str, str]]
) -> None:
    ask_with(engine, clock, "first", {"image": f"{PICTURES}/query.svg"})
    open_page(page, "first")
    shown = page.locator("main img")
    assert [one.get_attribute("src") for one in shown.all()] == [
        f"{PICTURES}/query.svg",
        ATTRIBUTES["p1"]["image"],
    ]
    expect(shown.nth(1)).to_have_attribute("alt", "Picture of " + _title(page, 0))
    box = shown.nth(1).bounding_box()
    assert box is not None
    assert (box["width"], box["height"]) == (64, 64)
    # Of a host that is not allowed the address is shown as any other attribute.
    expect(page.locator("#candidates")).to_contain_text(f"image {ATTRIBUTES['p2']['image']}")
    assert pictures
    assert all("referer" not in headers and "cookie" not in headers for headers in pictures)


@pytest.mark.parametrize(
    "address",
    [
        "javascript:hacked=1",
        "data:image/svg+xml,<svg/>",
        "//pictures.example/a.svg",
        "http://pictures.example.org/a.svg",
        "http://pictures.example:81/a.svg",
        "http://user:word@pictures.example/a.svg",
        "picture.svg",
        "",
    ],
)
def test_other_addresses_are_text(
    page: Page, engine: Engine, clock: FakeClock, address: str
) -> None:
    candidates = (Candidate("p4", "Beko", 0.5, 1),)
    ask_with(engine, clock, "first", {"image": address}, candidates)
    open_page(page, "first")
    assert page.locator("main img").count() == 0
    assert page.locator("#attributes li").all_text_contents() == [f"image {address}"]


def test_a_picture_that_cannot_be_loaded_is_said_to_be_missing(
    page: Page, engine: Engine, clock: FakeClock
) -> None:
    page.route(f"{PICTURES}/**", lambda route: route.fulfill(status=404))
    ask_with(engine, clock, "first", {"image": f"{PICTURES}/query.svg"})
    open_page(page, "first")
    expect(page.locator("#query-picture")).to_have_text("no picture")


def test_a_product_that_the_catalogue_lacks_cannot_be_accepted(
    page: Page, engine: Engine, clock: FakeClock
) -> None:
    candidates = (Candidate("old", "Sold out", 0.9, 1), Candidate("p4", "Beko", 0.5, 2))
    ask_with(engine, clock, "first", {}, candidates)
    open_page(page, "first")
    gone = page.get_by_role("button", name="Sold out")
    expect(gone).to_be_disabled()
    expect(gone).to_contain_text("no longer in the catalogue")
    press(page, "1")
    expect(notice(page)).to_have_text("")
    press(page, "2")
    expect(notice(page)).to_have_text("Accepted: Beko")


def test_long_values_and_many_attributes_do_not_bury_the_rest(
    page: Page, engine: Engine, clock: FakeClock
) -> None:
    text = "word " * 100
    ask_with(engine, clock, "first", {"description": text})
    open_page(page, "first")
    item = page.locator("#attributes li")
    assert len(item.text_content() or "") < 200
    expect(item).to_have_attribute("title", text)


def test_nothing_in_a_task_is_ever_markup(page: Page, engine: Engine, clock: FakeClock) -> None:
    candidates = (Candidate("p1", f"title {HOSTILE}", 0.9, 1), Candidate(HOSTILE, HOSTILE, 0.5, 2))
    attributes = {HOSTILE: HOSTILE, "image": f"javascript:{HOSTILE}", "constructor": "x"}
    ask_with(engine, clock, HOSTILE, attributes, candidates)
    page.add_init_script("window.hacked = 0")
    open_page(page, HOSTILE)
    press(page, "c")
    page.keyboard.type(HOSTILE)
    press(page, "Escape", "/")
    page.keyboard.type(HOSTILE)
    expect(page.locator("#search-status")).not_to_have_text("")
    press(page, "Escape", "1")
    expect(page.locator("#last-answers")).to_contain_text(HOSTILE)
    assert page.locator("main img, main script, dialog img, dialog script").count() == 0
    assert page.evaluate("window.hacked") == 0


def _title(page: Page, row: int) -> str:
    return page.locator("#candidates .title").nth(row).text_content() or ""
