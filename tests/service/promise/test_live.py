"""The whole way: answers are drawn, people find them wrong, and the service automates less."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx2
import pytest
from sqlalchemy import Engine

from models.bundle.publish import publish
from service.app import create_app
from service.settings import Settings
from tests.service.conftest import Serve
from tests.service.recommend.conftest import create_key
from tests.small_bundle import CREATED_AT, TITLES, small_contents, small_promise

Json = dict[str, Any]
SERVED, STRICTER = 0.9, 0.95
BROKEN = 'alc_promise_broken{decision="auto_accept",group=""}'


@dataclass(frozen=True)
class Running:
    """A service that audits every answer, and the programs around it."""

    shop: httpx2.Client
    annotator: httpx2.Client
    admin: httpx2.Client

    def ask(self, number: int) -> Json:
        """Ask for a product in words of which there are no others: every answer is accepted."""
        text = f"{TITLES[number % len(TITLES)]} {'.' * (number + 1)}"
        answer: Json = self.shop.post(
            "/v1/recommendations", json={"queries": [{"text": text}]}
        ).json()
        return answer

    def judge(self, *, right: bool) -> None:
        """Answer the oldest task as an annotator would who finds the first candidate so."""
        (task,) = self.annotator.post("/v1/reviews/claim", json={}).json()["tasks"]
        product = min(task["candidates"], key=lambda one: one["title"] not in task["text"])
        verdict = {
            "lease_token": task["lease_token"],
            "answer": "accepted" if right else "none",
            "product_ids": [product["product_id"]] if right else [],
        }
        response = self.annotator.post(f"/v1/reviews/{task['id']}/submit", json=verdict)
        assert response.status_code == 200, response.text

    def metric(self, name: str) -> float:
        page = self.admin.get("/metrics").text
        (line,) = (one for one in page.splitlines() if one.startswith(f"{name} "))
        return float(line.rpartition(" ")[2])

    def promise(self) -> Json:
        found: Json = self.admin.get("/v1/promise").json()
        return found


@pytest.fixture
def running(engine: Engine, serve: Serve, tmp_path: Path) -> Iterator[Running]:
    promises = (small_promise(0.95, SERVED), small_promise(0.98, STRICTER))
    publish(tmp_path, small_contents(promises=promises), created_at=CREATED_AT)
    app = create_app(Settings(bundles_dir=tmp_path, audit_share=1.0), engine)
    app.state.service.bundles.load()
    url = serve(app)

    def client(scope: str) -> httpx2.Client:
        headers = {"Authorization": f"Bearer {create_key(engine, scope, scope)}"}
        return httpx2.Client(base_url=url, headers=headers, timeout=20)

    with client("recommend") as shop, client("review") as annotator, client("admin") as admin:
        yield Running(shop, annotator, admin)


def test_a_promise_is_kept_broken_tightened_and_restored(running: Running) -> None:
    for number in range(10):
        answer = running.ask(number)
        assert (answer["results"][0]["decision"], answer["degraded"]) == ("auto_accept", None)
        running.judge(right=True)
    (part,) = running.promise()["parts"]
    assert (part["state"], part["live"]["audits"], part["live"]["precision"]) == ("kept", 10, 1.0)
    assert running.metric(BROKEN) == 0

    number = 10
    while running.promise()["state"] == "kept":
        assert number < 100, "wrong answers break no promise"
        running.ask(number)
        running.judge(right=False)
        number += 1
    answer = running.ask(number)
    assert answer["promise"]["threshold"] == STRICTER
    assert answer["degraded"]["reason"] == "promise_broken"
    assert running.metric(BROKEN) == 1
    (override,) = running.promise()["overrides"]
    assert (override["threshold_before"], override["threshold"]) == (SERVED, STRICTER)
    running.judge(right=True)
    assert running.promise()["parts"][0]["live"]["audits"] == 1

    response = running.admin.post("/v1/promise/restore", json={"reason": "the feed was mended"})
    assert response.status_code == 200, response.text
    answer = running.ask(number + 1)
    assert (answer["promise"]["threshold"], answer["degraded"]) == (SERVED, None)
    assert running.metric(BROKEN) == 0
    running.judge(right=True)
    (part,) = running.promise()["parts"]
    assert (part["state"], part["live"]["audits"], part["live"]["errors"]) == ("kept", 1, 0)
