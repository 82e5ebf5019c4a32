"""The review page where reviews are blind, as they are unless somebody says otherwise."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import Engine, select

from service.access.service import create_sign_in_link
from service.app import create_app
from service.database.tables import VerdictRow
from service.review.dependencies import connect_catalogue
from service.settings import Settings
from tests.chromium import chromium, needs_chromium
from tests.service.conftest import FakeClock, running
from tests.service.review.queues import CATALOGUE, ask

pytestmark = needs_chromium


@pytest.fixture
def page(engine: Engine, clock: FakeClock) -> Iterator[Page]:
    """A browser in which ann looks at the one task there is."""
    ask(engine, clock, "first", "first", probabilities=(0.87, 0.004, None))
    app = create_app(Settings(), engine, clock)
    connect_catalogue(app, CATALOGUE.__contains__)
    link = create_sign_in_link(engine, clock, "ann", ["review"], timedelta(hours=1), by="test")
    with running(app) as url, chromium() as browser:
        page = browser.new_page(base_url=url)
        page.goto(f"/sign-in/{link}")
        page.get_by_role("button", name="Sign in").click()
        expect(page.locator("#query")).to_have_text("first")
        yield page


def test_nothing_of_the_model_is_shown(page: Page) -> None:
    expect(page.locator("#candidates .product-id")).to_have_count(3)
    expect(page.locator("#candidates .score")).to_have_count(0)
    expect(page.locator("#query-facts")).to_have_text("from shop")  # not how often it was asked
    assert "best first" not in page.content()


def test_a_key_accepts_the_candidate_that_stands_beside_it(page: Page, engine: Engine) -> None:
    shown = page.locator("#candidates .product-id").all_text_contents()
    page.wait_for_timeout(160)
    page.keyboard.press("3")
    expect(page.get_by_role("heading", name="The queue is empty")).to_be_visible()
    with engine.connect() as connection:
        assert connection.execute(select(VerdictRow.product_ids)).scalar_one() == [shown[2]]
