from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx2
import pytest
from fastapi import FastAPI
from sqlalchemy import Engine

from models.bundle.publish import publish
from models.drift.reference import TrafficReference
from models.drift.stability import population_stability_index
from service.app import create_app
from service.clock import database_clock, time_of
from service.database.engine import transaction
from service.drift import repository
from service.drift.counts import Counts
from service.drift.repository import HOUR, TrafficHour
from service.settings import Settings
from tests.models.drift.references import small_reference
from tests.service.conftest import Serve, running
from tests.service.recommend.conftest import create_key
from tests.small_bundle import CREATED_AT, TITLES, small_contents

REFERENCE = small_reference(*TITLES, score_counts=(10, 20, 30, 40))
PATH = "/v1/traffic"


def app(engine: Engine, directory: Path, reference: TrafficReference | None = REFERENCE) -> FastAPI:
    contents = replace(small_contents(), reference=reference)
    publish(directory, contents, created_at=CREATED_AT)
    return app_of(engine, directory)


def app_of(engine: Engine, directory: Path) -> FastAPI:
    made = create_app(Settings(bundles_dir=directory, audit_share=0), engine)
    made.state.service.bundles.load()
    return made


def ask(url: str, engine: Engine, *, scope: str = "recommend", **parameters: Any) -> Any:
    headers = {"Authorization": f"Bearer {create_key(engine, scope=scope)}"}
    return httpx2.get(url + PATH, headers=headers, params=parameters)


def add(engine: Engine, bundle_id: str, hours_ago: int, counts: Counts) -> None:
    with transaction(engine) as connection:
        hour = repository.hour_of(time_of(connection, database_clock)) - hours_ago * HOUR
        repository.add(connection, [TrafficHour(bundle_id, hour, counts)])


def test_traffic_is_compared_with_the_reference(
    engine: Engine, tmp_path: Path, serve: Serve
) -> None:
    made = app(engine, tmp_path)
    bundle_id = made.state.service.bundles.served.bundle.bundle_id
    add(engine, bundle_id, 0, Counts(queries=2))
    add(engine, bundle_id, 1, Counts(8, (4, 2, 1, 1), 80, 20, 2))
    add(engine, bundle_id, 5, Counts(1, (1, 0, 0, 0), 1, 1, 1))
    url = serve(made)

    found = ask(url, engine, hours=5).json()

    assert found["bundle_id"] == bundle_id
    assert found["reference"] == {
        "queries": 100,
        "score_edges": [0.25, 0.5, 0.75],
        "score_shares": [0.1, 0.2, 0.3, 0.4],
        "known_ngrams": len(REFERENCE.known),
        "unseen_ngram_ratio": 0.02,
        "truncated_input_ratio": 0.01,
    }
    last, present = found["hours"]
    assert (last["complete"], present["complete"]) == (True, False)
    assert last["score_shares"] == [0.5, 0.25, 0.125, 0.125]
    psi = population_stability_index([4, 2, 1, 1], [10, 20, 30, 40])
    assert last["psi"] == pytest.approx(psi)
    assert last["psi_noise"]["expected"] == pytest.approx(3 * (1 / 8 + 1 / 100))
    assert last["psi_noise"]["upper"] > last["psi_noise"]["expected"]
    assert (last["unseen_ngram_ratio"], last["truncated_input_ratio"]) == (0.25, 0.25)
    assert (present["queries"], present["psi"], present["score_shares"]) == (2, None, None)
    assert len(ask(url, engine, hours=6).json()["hours"]) == 3


def test_what_was_asked_is_there_when_the_service_has_stopped(
    engine: Engine, tmp_path: Path
) -> None:
    with running(app(engine, tmp_path)) as url:
        headers = {"Authorization": f"Bearer {create_key(engine)}"}
        queries = {"queries": [{"text": TITLES[0]}, {"text": "zzz"}]}
        answer = httpx2.post(f"{url}/v1/recommendations", headers=headers, json=queries)
        assert answer.status_code == 200
    with running(app_of(engine, tmp_path)) as url:
        [hour] = ask(url, engine).json()["hours"]
        metrics = httpx2.get(f"{url}/metrics").text
    assert hour["queries"] == 2
    assert 0 < hour["unseen_ngram_ratio"] < 0.5
    assert 'alc_unseen_ngram_ratio{period="reference"} 0.02' in metrics
    assert 'alc_score_drift_psi{period="current_hour"}' in metrics


def test_a_bundle_without_a_reference_has_nothing_to_compare(
    engine: Engine, tmp_path: Path, serve: Serve
) -> None:
    made = app(engine, tmp_path, reference=None)
    add(engine, made.state.service.bundles.served.bundle.bundle_id, 1, Counts(queries=2))
    found = ask(serve(made), engine).json()
    assert found["reference"] is None
    assert [(hour["queries"], hour["psi"]) for hour in found["hours"]] == [(2, None)]


@pytest.mark.parametrize("hours", ["0", "745", "x"])
def test_hours_have_limits(engine: Engine, tmp_path: Path, serve: Serve, hours: str) -> None:
    response = ask(serve(app(engine, tmp_path)), engine, hours=hours)
    assert response.status_code == 422
    assert response.json()["errors"][0]["parameter"] == "hours"


@pytest.mark.parametrize(("scope", "status"), [("recommend", 200), ("admin", 200), ("review", 403)])
def test_who_may_ask(engine: Engine, tmp_path: Path, serve: Serve, scope: str, status: int) -> None:
    assert ask(serve(app(engine, tmp_path)), engine, scope=scope).status_code == status
