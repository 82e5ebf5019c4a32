"""The review page where reviews are blind, as they are unless somebody says otherwise."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect
from sqlalchemy import Engine, select

from service.app import create_app
from service.database.engine import transaction
from service.database.tables import TaskKind, VerdictRow
from service.review import repository
from service.settings import Settings
from tests.chromium import needs_chromium
from tests.service.conftest import FakeClock, running
from tests.service.review.queues import ask, new_task
from tests.service.web.annotating import press, query_of, sign_in

pytestmark = needs_chromium

PASSING = re.compile(r' data-product-id="[^"]*"|/static/\w+|content="[^"]*"|aria-label="[^"]*"')


@pytest.fixture
def page(browser: Browser, bundles_dir: Path, engine: Engine, clock: FakeClock) -> Iterator[Page]:
    """A browser in which ann is signed in to a service with the usual settings."""
    app = create_app(Settings(bundles_dir=bundles_dir), engine, clock)
    app.state.service.bundles.load()
    with running(app) as url, browser.new_context(base_url=url) as context:
        yield sign_in(context.new_page(), url, engine, clock)


def test_nothing_of_the_model_is_shown(page: Page, engine: Engine, clock: FakeClock) -> None:
    ask(engine, clock, "first", "first", probabilities=(0.87, 0.004, None))
    page.goto("/review")
    expect(page.locator("#candidates .product-id")).to_have_count(3)
    expect(page.locator("#candidates .score")).to_have_count(0)
    expect(page.locator("#query-facts")).to_have_text("from shop")  # not how often it was asked
    assert "best first" not in page.content()


def test_a_key_accepts_the_candidate_that_stands_beside_it(
    page: Page, engine: Engine, clock: FakeClock
) -> None:
    ask(engine, clock, "first")
    page.goto("/review")
    expect(query_of(page)).to_have_text("first")
    shown = page.locator("#candidates .product-id").all_text_contents()
    press(page, "3")
    expect(page.get_by_role("heading", name="The queue is empty")).to_be_visible()
    with engine.connect() as connection:
        assert connection.execute(select(VerdictRow.product_ids)).scalar_one() == [shown[2]]


def test_an_audit_looks_and_works_like_a_review(
    page: Page, engine: Engine, clock: FakeClock
) -> None:
    kinds = (TaskKind.REVIEW, TaskKind.AUDIT)
    for kind in kinds:
        task = replace(new_task(f"a query of kind {len(kind)}", probabilities=(0.99, 0.1, 0.0)))
        with transaction(engine) as connection:
            repository.open_tasks(connection, clock, [replace(task, kind=kind)])
        clock.advance(1)
    page.goto("/review")
    seen = []
    for kind in kinds:
        expect(query_of(page)).to_have_text(f"a query of kind {len(kind)}")
        press(page, "ArrowDown", "ArrowDown", "ArrowDown")  # whatever was compared, the last is
        seen.append(_shape(page))
        press(page, "0")
        expect(page.locator("#notice")).to_have_text("Recorded: none of the candidates")
    assert seen[0] == seen[1]
    expect(page.locator("#last-answers li")).to_have_count(2)


def _shape(page: Page) -> tuple[str, list[str]]:
    """Return all that a task looks like but its own texts, which are in an order of its own."""
    task = page.locator("#task").evaluate(
        """task => {
            const copy = task.cloneNode(true);
            copy.querySelector("#query").remove();
            copy.querySelector("#candidates").remove();
            return copy.outerHTML;
        }"""
    )
    cards = page.locator("#candidates > li").evaluate_all(
        """cards => cards.map((card) => {
            const copy = card.cloneNode(true);
            copy.classList.remove("compared");
            const button = copy.querySelector("button");
            button.querySelector("kbd").remove();
            button.removeAttribute("aria-keyshortcuts");
            return copy.outerHTML;
        })"""
    )
    return PASSING.sub("", task), sorted(cards)
