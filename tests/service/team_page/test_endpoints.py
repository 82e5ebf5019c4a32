from __future__ import annotations

import html
import re
from collections.abc import Iterator
from datetime import timedelta

import httpx2
import pytest
from sqlalchemy import Engine

from service.access.service import create_sign_in_link
from tests.service.conftest import FakeClock
from tests.service.review.queues import ask

HOUR = timedelta(hours=1)


@pytest.fixture
def nobody(url: str) -> Iterator[httpx2.Client]:
    with httpx2.Client(base_url=url, timeout=10) as client:
        yield client


def sign_in(
    engine: Engine, clock: FakeClock, client: httpx2.Client, scope: str = "admin"
) -> httpx2.Client:
    link = create_sign_in_link(engine, clock, "lea & co", [scope], HOUR, by="test")
    assert client.post(f"/sign-in/{link}").status_code == 303
    return client


def csrf(page: str) -> dict[str, str]:
    found = re.search(r'"X-CSRF-Token": "([^"]+)"', html.unescape(page))
    assert found is not None
    return {"X-CSRF-Token": found[1]}


def test_who_is_not_signed_in_signs_in_and_comes_back(
    engine: Engine, nobody: httpx2.Client
) -> None:
    response = nobody.get("/team?person=ann")
    assert (response.status_code, response.headers["location"]) == (303, "/sign-in?next=/team")


def test_a_part_of_the_page_leads_the_whole_page_to_the_sign_in(
    engine: Engine, nobody: httpx2.Client
) -> None:
    asked = {"HX-Request": "true", "HX-Current-URL": "http://any/team?person=ann"}
    response = nobody.get("/team/person?person=ann", headers=asked)
    assert (response.status_code, response.headers["hx-redirect"]) == (401, "/sign-in?next=/team")
    asked["HX-Current-URL"] = "http://any//elsewhere.example"
    response = nobody.get("/team/person?person=ann", headers=asked)
    assert response.headers["hx-redirect"] == "/sign-in?next=/review"


@pytest.mark.parametrize(("scope", "status"), [("review", 403), ("admin", 200)])
def test_it_is_for_admins_and_only_they_are_led_there(
    engine: Engine, clock: FakeClock, nobody: httpx2.Client, scope: str, status: int
) -> None:
    somebody = sign_in(engine, clock, nobody, scope)
    assert somebody.get("/team").status_code == status
    assert ('href="/team"' in somebody.get("/review").text) == (status == 200)


def test_nothing_foreign_and_no_inline_script_is_on_the_page(
    engine: Engine, clock: FakeClock, nobody: httpx2.Client
) -> None:
    response = sign_in(engine, clock, nobody).get("/team")
    assert "unsafe" not in response.headers["content-security-policy"]
    assert "lea &amp; co" in response.text
    for forbidden in ("<script>", "<style", " style=", "http:", "https:", "hx-on", "js:"):
        assert forbidden not in response.text
    assert '"allowEval":false' in response.text
    files = re.findall(r'(?:src|href)="(/static[^"]+)"', response.text)
    assert len(files) == 6
    assert {nobody.get(file).status_code for file in files} == {200}


@pytest.mark.parametrize("path", ["/team/bulk/preview", "/team/bulk", "/team/assign"])
def test_a_form_needs_the_token_of_the_session(
    engine: Engine, clock: FakeClock, nobody: httpx2.Client, path: str
) -> None:
    assert sign_in(engine, clock, nobody).post(path, data={}).status_code == 403


def test_texts_are_shown_as_they_are(
    engine: Engine, clock: FakeClock, nobody: httpx2.Client
) -> None:
    ask(engine, clock, "<script>alert(1)</script>", source="vouchers")
    lea = sign_in(engine, clock, nobody)
    fields = {"action": "answer_none", "source": "vouchers", "reason": '"><b>'}
    preview = lea.post("/team/bulk/preview", data=fields, headers=csrf(lea.get("/team").text))
    assert "&lt;script&gt;alert(1)" in preview.text
    assert "<script" not in preview.text
    assert 'value="&#34;&gt;&lt;b&gt;"' in preview.text


@pytest.mark.parametrize(
    ("path", "fields", "told"),
    [
        ("/team/bulk/preview", {}, "action: "),
        ("/team/bulk/preview", {"action": "answer_none"}, "needs a filter and a reason"),
        ("/team/bulk", {"action": "accept_best_as_before"}, "Look at the preview first."),
        ("/team/assign", {"attribute": "brand"}, "Write an attribute as name=value."),
    ],
)
def test_a_form_that_cannot_be_read_is_explained(
    engine: Engine,
    clock: FakeClock,
    nobody: httpx2.Client,
    path: str,
    fields: dict[str, str],
    told: str,
) -> None:
    lea = sign_in(engine, clock, nobody)
    response = lea.post(path, data=fields, headers=csrf(lea.get("/team").text))
    assert response.status_code == 422
    assert told in html.unescape(response.text)


def test_another_number_than_was_previewed_is_refused(
    engine: Engine, clock: FakeClock, nobody: httpx2.Client
) -> None:
    lea = sign_in(engine, clock, nobody)
    fields = {"action": "accept_best_as_before", "expected_tasks": "3"}
    response = lea.post("/team/bulk", data=fields, headers=csrf(lea.get("/team").text))
    assert response.status_code == 409
    assert "look at the preview again" in response.text


def test_agreement_by_an_attribute_is_asked_for_in_the_address(
    engine: Engine, clock: FakeClock, nobody: httpx2.Client, busy: None
) -> None:
    lea = sign_in(engine, clock, nobody)
    assert ">Bosch<" in lea.get("/team?attribute=brand").text
    assert ">Bosch<" not in lea.get("/team").text


def test_who_was_overruled_is_told(
    engine: Engine, clock: FakeClock, nobody: httpx2.Client, busy: None
) -> None:
    lea = sign_in(engine, clock, nobody)
    assert "overruled" in lea.get("/team/person?person=ben").text
    assert "overruled" not in lea.get("/team/person?person=ann").text
