"""A promise on real shop offers: certified, audited, broken by other traffic, restored."""

from __future__ import annotations

import random
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from math import sqrt
from pathlib import Path
from typing import Any

import httpx2
import pytest
from prometheus_client.parser import text_string_to_metric_families
from sqlalchemy import Engine

from service.app import create_app
from service.settings import Settings
from tests.service.conftest import Serve
from tests.service.recommend.conftest import create_key
from training.data.dataset import Dataset
from training.data.pricerunner import load_pricerunner
from training.decider.settings import DeciderSettings
from training.parts import split_of
from training.pipeline import train_and_publish
from training.pipeline_settings import PipelineSettings
from training.settings import TrainingSettings

TARGET = 0.90  # of whose stricter neighbours, 0.95 and 0.98, the labels certify one at least
AUDITED = 0.05
TOGETHER = 256
MODEL_NUMBER = re.compile(r"\S*\d\S*")

# One encoder instead of four, for half the epochs: what is tested is the promise, not the model.
SETTINGS = PipelineSettings(training=TrainingSettings(epochs=2), decider=DeciderSettings(folds=0))


@dataclass(frozen=True, slots=True)
class Offers:
    """A published bundle, and offers that it has not seen with what is right for each."""

    bundles_dir: Path
    texts: tuple[str, ...]
    right: dict[str, frozenset[str]]  # product ids, of the same text from all shops

    def without_numbers(self) -> Offers:
        """Return the offers as a feed writes them that has lost its model numbers."""
        poor = {text: " ".join(MODEL_NUMBER.sub(" ", text).split()) or text for text in self.texts}
        right = {poor[text]: products for text, products in self.right.items()}
        return replace(self, texts=tuple(poor[text] for text in self.texts), right=right)


@pytest.fixture(scope="module")
def offers(tmp_path_factory: pytest.TempPathFactory) -> Offers:
    bundles_dir = tmp_path_factory.mktemp("offers") / "bundles"
    dataset = load_pricerunner()
    train_and_publish(
        dataset, SETTINGS, bundles_dir, datetime(2026, 1, 2, tzinfo=UTC), lambda _: None
    )
    test = split_of(dataset, SETTINGS).test
    return Offers(bundles_dir, test.texts, _right(test))


def _right(queries: Dataset) -> dict[str, frozenset[str]]:
    right: dict[str, frozenset[str]] = {}
    for row, text in enumerate(queries.texts):
        columns = queries.relevance[[row]].indices
        found = {queries.products[column].product_id for column in columns}
        right[text] = right.get(text, frozenset()) | found
    return right


@dataclass(eq=False)
class Company:
    """Asks a running service, and has an annotator who knows what is right."""

    url: str
    http: httpx2.Client
    keys: dict[str, str]
    right: dict[str, frozenset[str]] = field(default_factory=dict)

    def call(self, who: str, path: str, body: Any = None) -> Any:
        headers = {"Authorization": f"Bearer {self.keys[who]}"}
        if body is None:
            response = self.http.get(self.url + path, headers=headers)
        else:
            response = self.http.post(self.url + path, headers=headers, json=body)
        assert response.status_code == 200, response.text
        return response.json()

    def ask(self, texts: Sequence[str]) -> list[dict[str, Any]]:
        """Return the answers, in batches of queries, each with its results."""
        return [
            self.call(
                "shop",
                "/v1/recommendations",
                {"queries": [{"text": text} for text in texts[start : start + TOGETHER]], "k": 1},
            )
            for start in range(0, len(texts), TOGETHER)
        ]

    def clear_queue(self) -> None:
        while tasks := self.call("ann", "/v1/reviews/claim", {"count": 50})["tasks"]:
            for task in tasks:
                right = sorted(self.right[task["text"]])
                verdict = {"answer": "accepted" if right else "none", "product_ids": right}
                body = {"lease_token": task["lease_token"], **verdict}
                self.call("ann", f"/v1/reviews/{task['id']}/submit", body)

    def part(self) -> dict[str, Any]:
        """Return how the promise of all products stands."""
        parts = self.call("shop", "/v1/promise")["parts"]
        (part,) = [part for part in parts if part["decision"] == "auto_accept"]
        assert isinstance(part, dict)
        return part

    def metric(self, name: str) -> float:
        page = self.http.get(f"{self.url}/metrics").text
        samples = [one for family in text_string_to_metric_families(page) for one in family.samples]
        (value,) = [
            one.value
            for one in samples
            if one.name == name and one.labels.get("decision", "auto_accept") == "auto_accept"
        ]
        return value


@pytest.fixture
def company(engine: Engine, serve: Serve, offers: Offers) -> Iterator[Company]:
    settings = Settings(
        bundles_dir=offers.bundles_dir, target_precision=TARGET, audit_share=AUDITED
    )
    app = create_app(settings, engine, lot=random.Random(7).random)
    app.state.service.bundles.load()
    scopes = {"shop": "recommend", "ann": "review", "boss": "admin"}
    keys = {name: create_key(engine, name, scope) for name, scope in scopes.items()}
    with httpx2.Client(timeout=60) as http:
        yield Company(serve(app), http, keys, dict(offers.right))


@pytest.mark.slow
def test_audits_cover_the_truth_and_take_a_broken_promise_back(
    company: Company, offers: Offers
) -> None:
    _audits_cover_the_truth(company, offers)
    _a_feed_without_numbers_breaks_the_promise(company, offers.without_numbers())
    _an_admin_restores_it(company, offers)


def _audits_cover_the_truth(company: Company, offers: Offers) -> None:
    answers = company.ask(offers.texts)
    accepted = [
        result["auto_accepted"][0]["product_id"] in company.right[text]
        for text, result in zip(offers.texts, _results(answers), strict=True)
        if result["decision"] == "auto_accept"
    ]
    precision = sum(accepted) / len(accepted)
    company.clear_queue()
    part = company.part()
    live = part["live"]
    assert part["state"] == "kept"
    assert abs(live["audits"] - AUDITED * len(accepted)) < 4 * sqrt(AUDITED * len(accepted))
    assert live["lower_bound"] <= precision <= live["upper_bound"]
    assert abs(live["precision"] - precision) < 4 * sqrt(
        precision * (1 - precision) / live["audits"]
    )
    assert company.metric("alc_promise_broken") == 0


def _a_feed_without_numbers_breaks_the_promise(company: Company, poor: Offers) -> None:
    company.right.update(poor.right)
    certified = company.part()["certified_threshold"]
    for start in range(0, len(poor.texts), TOGETHER):
        company.ask(poor.texts[start : start + TOGETHER])
        company.clear_queue()
        if company.part()["state"] != "kept":
            break
    part = company.part()
    assert part["state"] in ("tightened", "stopped")
    assert part["threshold"] is None or part["threshold"] > certified
    assert company.metric("alc_promise_broken") == 1
    answer = company.call("shop", "/v1/recommendations", {"queries": [{"text": "neff oven"}]})
    assert answer["degraded"]["reason"] == "promise_broken"
    assert answer["results"][0]["threshold"] == part["threshold"]


def _an_admin_restores_it(company: Company, offers: Offers) -> None:
    company.call("boss", "/v1/promise/restore", {"reason": "the feed has its numbers again"})
    part = company.part()
    assert (part["state"], part["threshold"]) == ("kept", part["certified_threshold"])
    assert company.metric("alc_promise_broken") == 0
    (answer,) = company.ask(offers.texts[:TOGETHER])
    assert answer["degraded"] is None
    changes = company.call("shop", "/v1/promise/changes")["changes"]
    assert [change["kind"] for change in changes[:2]] == ["restored", "breached"]
    assert changes[0]["actor"] == "boss"


def _results(answers: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    return [result for answer in answers for result in answer["results"]]
