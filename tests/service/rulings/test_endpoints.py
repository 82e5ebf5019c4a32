from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import httpx2
import pytest
from sqlalchemy import Engine

from tests.service.recommend.conftest import Service, StartService, create_key
from tests.small_bundle import TITLES, small_promise

TEXT = TITLES[0]  # of the product p0, which is accepted for it

Json = dict[str, Any]


@dataclass(frozen=True)
class Caller:
    """Somebody with a key."""

    service: Service
    headers: dict[str, str]

    def ask(self, text: str = TEXT) -> Json:
        query = {"queries": [{"text": text}], "k": 3}
        answer = self.post("/v1/recommendations", query)
        assert answer.status_code == 200, answer.text
        result: Json = answer.json()["results"][0]
        return result

    def post(self, path: str, body: Json) -> httpx2.Response:
        return self.service.client.post(self.service.url + path, headers=self.headers, json=body)

    def get(self, path: str, **parameters: Any) -> httpx2.Response:
        url = self.service.url + path
        return self.service.client.get(url, headers=self.headers, params=parameters)

    def answer(self, answer: str, *products: str) -> Json:
        """Claim the only task and answer it."""
        [task] = self.post("/v1/reviews/claim", {}).json()["tasks"]
        body = {"lease_token": task["lease_token"], "answer": answer, "product_ids": products}
        assert self.post(f"/v1/reviews/{task['id']}/submit", body).status_code == 200
        claimed: Json = task
        return claimed

    def rule(self, ruling: str, reason: str = "checked", **fields: Any) -> httpx2.Response:
        body = {"text": TEXT, "product_id": "p0", "ruling": ruling, "reason": reason, **fields}
        return self.post("/v1/rulings", body)

    def rulings(self, **parameters: Any) -> list[Json]:
        found = self.get("/v1/rulings", **parameters)
        assert found.status_code == 200, found.text
        listed: list[Json] = found.json()["rulings"]
        return listed


def caller(service: Service, engine: Engine, name: str, scope: str) -> Caller:
    key = create_key(engine, name, scope)
    return Caller(service, {"Authorization": f"Bearer {key}"})


def moment(written: str) -> datetime:
    return datetime.fromisoformat(written)


@pytest.fixture
def annotator(service: Service, engine: Engine) -> Caller:
    return caller(service, engine, "ann", "review")


@pytest.fixture
def admin(service: Service, engine: Engine) -> Caller:
    return caller(service, engine, "root", "admin")


@pytest.fixture
def shop(service: Service, engine: Engine) -> Caller:
    return caller(service, engine, "shop", "recommend")


def test_a_no_blocks_the_pair_for_every_source_until_an_admin_lifts_it(
    start_service: StartService, engine: Engine
) -> None:
    # Without a promise the first shop's query waits for a person, who says no.
    careful = start_service(engine, small_promise(threshold=None))
    assert caller(careful, engine, "shop", "recommend").ask()["decision"] == "manual_review"
    task = caller(careful, engine, "ann", "review").answer("none")

    # Another shop asks for the same text of a service that would accept the product.
    service = start_service(engine)
    other = caller(service, engine, "other", "recommend")
    blocked = other.ask(f" {TEXT.upper()}")
    assert (blocked["decision"], blocked["auto_accepted"]) == ("manual_review", [])
    assert blocked["review_task_id"] not in (None, task["id"])
    assert blocked["manual_review"][0]["product_id"] == "p0"
    assert blocked["blocked_by"]["product_id"] == "p0"
    assert blocked["blocked_by"]["review_task_id"] == task["id"]

    admin = caller(service, engine, "root", "admin")
    made = admin.rule("allowed", "ann took the 64 GB for 256 GB")
    assert made.status_code == 201
    accepted = other.ask()
    assert (accepted["decision"], accepted["blocked_by"]) == ("auto_accept", None)
    assert [one["product_id"] for one in accepted["auto_accepted"]] == ["p0"]

    lifted, was = admin.rulings(text=TEXT, product_id="p0")
    assert lifted == made.json()
    assert (lifted["person"], lifted["reason"]) == ("root", "ann took the 64 GB for 256 GB")
    assert (lifted["in_force"], was["in_force"]) == (True, False)
    assert (was["ruling"], was["person"], was["id"]) == (
        "blocked",
        "ann",
        blocked["blocked_by"]["ruling_id"],
    )
    assert moment(was["created_at"]) == moment(blocked["blocked_by"]["ruled_at"])
    # The first shop has the answer that a person gave to it.
    assert caller(service, engine, "shop", "recommend").ask()["decision"] == "verified"


@pytest.mark.parametrize("how", ["undo", "reopen"])
def test_what_follows_from_a_verdict_goes_with_it(
    start_service: StartService, engine: Engine, how: str
) -> None:
    careful = start_service(engine, small_promise(threshold=None))
    first = caller(careful, engine, "shop", "recommend")
    first.ask()
    annotator, admin = (
        caller(careful, engine, name, scope)
        for name, scope in (("ann", "review"), ("root", "admin"))
    )
    task = annotator.answer("none")
    other = caller(start_service(engine), engine, "other", "recommend")
    assert first.ask()["decision"] == "verified"
    assert other.ask()["decision"] == "manual_review"

    if how == "undo":
        done = annotator.post(f"/v1/reviews/{task['id']}/undo", {})
    else:
        done = admin.post(f"/v1/reviews/{task['id']}/reopen", {"reason": "another edition"})
    assert done.status_code == 200, done.text
    asked_again = first.ask()
    assert (asked_again["decision"], asked_again["review_task_id"]) == ("manual_review", task["id"])
    assert other.ask()["decision"] == "auto_accept"
    now, was = admin.rulings(text=TEXT, product_id="p0")
    assert (was["ruling"], now["ruling"]) == ("blocked", "allowed")
    assert now["reason"] == f"the verdict on task {task['id']} was withdrawn"


def test_a_block_by_hand_names_no_task(admin: Caller, shop: Caller) -> None:
    assert shop.ask()["decision"] == "auto_accept"
    ruling = admin.rule("blocked", "not sold here").json()
    result = shop.ask()
    assert result["decision"] == "manual_review"
    block = result["blocked_by"]
    assert moment(block.pop("ruled_at")) == moment(ruling["created_at"])
    assert block == {"ruling_id": ruling["id"], "product_id": "p0", "review_task_id": None}


def test_a_block_by_hand_overturns_a_verified_answer_and_a_person_is_asked_again(
    admin: Caller, shop: Caller, annotator: Caller
) -> None:
    text = "iphone silver case"
    shop.ask(text)
    annotator.answer("accepted", "p0")
    assert shop.ask(text)["decision"] == "verified"
    admin.rule("blocked", "a case is no phone", text=text)
    again = shop.ask(text)
    assert (again["decision"], again["verdict"]) == ("manual_review", None)
    assert again["blocked_by"]["product_id"] == "p0"
    annotator.answer("accepted", "p0")  # they insist
    assert shop.ask(text)["decision"] == "verified"
    assert [one["ruling"] for one in admin.rulings(text=text, product_id="p0")] == [
        "allowed",
        "blocked",
        "allowed",
    ]


def test_an_allowed_pair_is_not_accepted_below_the_threshold(admin: Caller, shop: Caller) -> None:
    text = "iphone silver case"
    assert admin.rule("allowed", text=text).status_code == 201
    assert shop.ask(text)["decision"] == "manual_review"


def test_rulings_are_listed_page_by_page(admin: Caller, annotator: Caller) -> None:
    for text in ("one", "two", "three"):
        admin.rule("blocked", text=text)
    first = annotator.get("/v1/rulings", product_id="p0", limit=2).json()
    assert [one["text"] for one in first["rulings"]] == ["three", "two"]
    last = annotator.get("/v1/rulings", limit=2, cursor=first["next_cursor"]).json()
    assert [one["text"] for one in last["rulings"]] == ["one"]
    assert last["next_cursor"] is None
    assert annotator.rulings(text="two", product_id="p1") == []


def test_only_an_admin_rules_by_hand(annotator: Caller, shop: Caller) -> None:
    for somebody in (annotator, shop):
        refused = somebody.rule("blocked")
        assert (refused.status_code, refused.json()["code"]) == (403, "scope_missing")
    assert annotator.rulings() == []
    assert shop.get("/v1/rulings").status_code == 403


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"product_id": "p99"}, "product_not_found"),
        ({"reason": " "}, "value_too_short"),
        ({"text": ""}, "text_empty"),
        ({"text": "a\0b"}, "invalid_value"),
        ({"ruling": "maybe"}, "invalid_value"),
        ({"until": "tomorrow"}, "unknown_field"),
    ],
)
def test_a_ruling_that_makes_no_sense_is_refused(admin: Caller, fields: Json, code: str) -> None:
    refused = admin.post(
        "/v1/rulings",
        {"text": TEXT, "product_id": "p0", "ruling": "blocked", "reason": "x", **fields},
    )
    assert (refused.status_code, refused.json()["code"]) == (422, code)
    assert admin.rulings() == []


def test_a_strange_cursor_is_refused(annotator: Caller) -> None:
    refused = annotator.get("/v1/rulings", cursor="there")
    assert (refused.status_code, refused.json()["code"]) == (422, "invalid_cursor")
