"""Two people disagree; the third one sees what both said, and decides."""

from __future__ import annotations

from uuid import UUID

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import Engine, update

from service.database.engine import transaction
from service.database.tables import Answer, ReviewTaskRow, TaskState
from tests.chromium import needs_chromium
from tests.service.conftest import FakeClock
from tests.service.review.queues import CATALOGUE, queue_of
from tests.service.web.annotating import (
    NOT_PROPOSED,
    ask_one,
    open_page,
    press,
    until,
    verdicts,
)

pytestmark = needs_chromium


@pytest.fixture
def disputed(engine: Engine, clock: FakeClock, page: Page) -> UUID:
    """A task on which claus and cleo disagree; cleo names a product that is no candidate."""
    task_id = ask_one(engine, clock, "first")
    with transaction(engine) as connection:
        connection.execute(update(ReviewTaskRow).values(opinions_wanted=2))
    _say(engine, clock, "claus", Answer.ACCEPTED, ["p2"], "<b>sure</b>")
    _say(engine, clock, "cleo", Answer.ACCEPTED, ["tv"])
    return task_id


def _say(
    engine: Engine,
    clock: FakeClock,
    person: str,
    answer: Answer,
    products: list[str],
    comment: str | None = None,
) -> None:
    queue = queue_of(engine, clock)
    object.__setattr__(queue, "has_product", lambda _: True)
    [task] = queue.claim(person, 1, 60)
    assert task.lease_token is not None
    queue.submit(task.id, task.lease_token, person, answer, products, comment)
    clock.advance(1)


def test_both_opinions_are_shown_without_names(page: Page, disputed: UUID) -> None:
    open_page(page, "first")
    expect(page.get_by_role("heading", name="People disagree, and you decide")).to_be_visible()
    said = page.locator("#opinion-list li")
    expect(said.nth(0)).to_contain_text(f"First opinion{CATALOGUE['p2']}<b>sure</b>")
    expect(said.nth(1)).to_contain_text(f"Second opinion{NOT_PROPOSED['tv']}")
    assert "claus" not in page.content()
    assert "cleo" not in page.content()


def test_what_they_name_is_marked_and_can_be_accepted(
    page: Page, engine: Engine, disputed: UUID
) -> None:
    open_page(page, "first")
    expect(page.locator("#candidates .note")).to_have_text(["first opinion", "second opinion"])
    expect(page.locator("#candidates > li").nth(3)).to_contain_text(NOT_PROPOSED["tv"])
    press(page, "4")
    until(page, lambda: len(verdicts(engine, disputed)) == 3)
    assert verdicts(engine, disputed)[2] == (Answer.ACCEPTED, ["tv"], None)
    with engine.connect() as connection:
        state = connection.execute(ReviewTaskRow.__table__.select()).one().state
    assert state is TaskState.ANSWERED


def test_other_tasks_show_nobodys_opinion(page: Page, engine: Engine, clock: FakeClock) -> None:
    ask_one(engine, clock, "first")
    open_page(page, "first")
    expect(page.locator("#opinions")).to_be_hidden()
