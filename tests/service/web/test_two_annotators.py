"""Two people work one queue, and never see the same task."""

from __future__ import annotations

from playwright.sync_api import Browser, Page, expect
from sqlalchemy import Engine

from tests.chromium import needs_chromium
from tests.service.conftest import FakeClock
from tests.service.web.annotating import ask_one, press, query_of, sign_in, until, verdicts
from tests.service.web.conftest import watched_page

pytestmark = needs_chromium

TASKS = 12


def test_no_task_is_shown_to_both(
    browser: Browser, url: str, engine: Engine, clock: FakeClock
) -> None:
    asked = [ask_one(engine, clock, f"query {number}") for number in range(TASKS)]
    with watched_page(browser, url) as anns, watched_page(browser, url) as bobs:
        pages = {"ann": anns, "bob": bobs}
        seen: dict[str, list[str]] = {name: [] for name in pages}
        for name, page in pages.items():
            sign_in(page, url, engine, clock, name)
            page.goto("/review")
        while any(_answer_one(page, seen[name]) for name, page in pages.items()):
            pass
        until(anns, lambda: all(len(verdicts(engine, task_id)) == 1 for task_id in asked))
    assert sorted(seen["ann"] + seen["bob"]) == sorted(f"query {number}" for number in range(TASKS))
    assert min(len(seen["ann"]), len(seen["bob"])) > 1


def _answer_one(page: Page, seen: list[str]) -> bool:
    """Answer the task on the screen; return whether there was one."""
    expect(page.locator("#loading")).to_be_hidden()
    if page.locator("#empty").is_visible():
        return False
    seen.append(query_of(page).text_content() or "")
    press(page, "1")
    return True
