"""The review page as an annotator works it, and what comes of that in the database."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from uuid import UUID

from playwright.sync_api import Locator, Page, Request, expect
from sqlalchemy import Engine, select

from models.bundle.bundle import Bundle
from models.bundle.load import load_bundle
from models.bundle.publish import publish
from models.catalogue import Catalogue, Product
from service.access.dependencies import SESSION_COOKIE
from service.access.service import create_sign_in_link, redeem_sign_in_link
from service.database.engine import transaction
from service.database.tables import Answer, VerdictRow
from service.review import repository
from service.review.tasks import Candidate, NewTask
from tests.service.conftest import FakeClock
from tests.service.review.queues import CATALOGUE, ask, new_task
from tests.small_bundle import CREATED_AT, small_contents

HOUR = timedelta(hours=1)
SETTLED_MS = 160  # the page ignores keys that come faster after a new task
PICTURES = "http://pictures.example"
ATTRIBUTES = {
    "p1": {"brand": "Bosch", "colour": "white", "image": f"{PICTURES}/p1.svg"},
    "p2": {"brand": "Bosch", "colour": "black", "image": "http://elsewhere.example/p2.svg"},
    "p3": {"brand": "Samsung"},
}
NOT_PROPOSED = {"tv": "Sony Bravia Television", "phone": "Apple iPhone 8 64GB Silver"}


def publish_catalogue(directory: Path) -> Bundle:
    """Return a bundle of the products that tasks name, and of two more."""
    products = [
        Product(product_id, title, ATTRIBUTES.get(product_id, {}))
        for product_id, title in {**CATALOGUE, **NOT_PROPOSED}.items()
    ]
    contents = small_contents([product.title for product in products])
    runtime = replace(contents.runtime, catalogue=Catalogue(products))
    bundles = directory / "bundles"
    return load_bundle(publish(bundles, replace(contents, runtime=runtime), created_at=CREATED_AT))


def sign_in(page: Page, url: str, engine: Engine, clock: FakeClock, name: str = "ann") -> Page:
    """Give the browser of this page the session of a person."""
    link = create_sign_in_link(engine, clock, name, ["review"], HOUR, by="test")
    session = redeem_sign_in_link(engine, clock, link, HOUR)
    page.context.add_cookies([{"name": SESSION_COOKIE, "value": session, "url": url}])
    return page


def ask_one(engine: Engine, clock: FakeClock, text: str) -> UUID:
    """Ask a query for whose task the next one has to wait."""
    (task_id,) = ask(engine, clock, text)
    clock.advance(1)
    return task_id


def ask_with(
    engine: Engine,
    clock: FakeClock,
    text: str,
    attributes: dict[str, str],
    candidates: tuple[Candidate, ...] | None = None,
) -> UUID:
    """Ask a query with these attributes, and these candidates instead of the usual ones."""
    usual = new_task(text)
    task = replace(usual, attributes=attributes, candidates=candidates or usual.candidates)
    return _open(engine, clock, task)


def _open(engine: Engine, clock: FakeClock, task: NewTask) -> UUID:
    with transaction(engine) as connection:
        stored = repository.open_tasks(connection, clock, [task])
    return stored[task.query_key]


def open_page(page: Page, text: str) -> None:
    page.goto("/review")
    expect(query_of(page)).to_have_text(text)


def query_of(page: Page) -> Locator:
    return page.locator("#query")


def press(page: Page, *keys: str) -> None:
    """Press keys as fast as the page takes them."""
    for key in keys:
        # A busy machine may not have claimed the next task yet.
        expect(page.locator("#loading")).to_be_hidden(timeout=20_000)
        page.wait_for_timeout(SETTLED_MS)
        page.keyboard.press(key)


def notice(page: Page) -> Locator:
    return page.locator("#notice")


def verdicts(engine: Engine, task_id: UUID) -> list[tuple[Answer, list[str], str | None]]:
    """Return everything that people said about a task, oldest first."""
    query = select(VerdictRow.answer, VerdictRow.product_ids, VerdictRow.comment)
    query = query.where(VerdictRow.task_id == task_id).order_by(VerdictRow.created_at)
    with engine.connect() as connection:
        return [(row.answer, row.product_ids, row.comment) for row in connection.execute(query)]


def verdict(engine: Engine, task_id: UUID) -> tuple[Answer, list[str], str | None] | None:
    """Return the only thing that was said about a task; None where nothing was."""
    given = verdicts(engine, task_id)
    assert len(given) <= 1
    return given[0] if given else None


def until(page: Page, holds: Callable[[], bool]) -> None:
    """Wait for what the browser does after it has answered us."""
    deadline = time.monotonic() + 10
    while not holds():
        assert time.monotonic() < deadline, "it did not happen within ten seconds"
        page.wait_for_timeout(20)


def foreign(request: Request, url: str) -> list[str]:
    """Return the address if it is not one that the page may ask."""
    own = (f"{url}/", f"{PICTURES}/", "about:", "data:")
    return [] if request.url.startswith(own) else [f"request to {request.url}"]
