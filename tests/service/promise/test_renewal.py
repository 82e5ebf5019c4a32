"""Over HTTP: from people's labels to thresholds that decide, and what others would bring."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx2
import pytest
from sqlalchemy import Engine

from models.bundle.publish import publish
from models.calibration.preview import preview
from models.calibration.settings import GroupSettings
from models.calibration.target import Target
from service.app import create_app
from service.database.tables import Answer, Stream
from service.errors import NoCalibration, UnknownGroup
from service.promise.service import PromiseService
from service.settings import Settings
from tests.service.conftest import FakeClock, running
from tests.service.promise.audits import Deployment
from tests.service.promise.labelled import Labelled, add, right_or_wrong, traffic
from tests.service.promise.promises import ORDINARY, bundle_of
from tests.service.recommend.conftest import create_key
from tests.service.recommend.jobs import CERTAIN
from tests.small_bundle import CREATED_AT, promise_on, small_contents, small_record

Json = dict[str, Any]
RECORD = small_record(2000)
SERVED = 0.9
NOBODYS = "4e86b50b-ca3b-4a5a-abcc-3513a8463455"  # the same in each process that collects tests
PREVIEW = {"target": 0.9, "confidence": 0.9}


@pytest.fixture(scope="module")
def server_clock() -> FakeClock:
    return FakeClock()


@pytest.fixture(scope="module")
def server(
    shared_engine: Engine, server_clock: FakeClock, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[str, Any]]:
    """One server for all tests here; each has its own rows and time."""
    directory: Path = tmp_path_factory.mktemp("bundles")
    promises = (promise_on(RECORD, 0.95, SERVED),)
    contents = small_contents(promises=promises, calibration=RECORD)
    publish(directory, contents, created_at=CREATED_AT)
    app = create_app(Settings(bundles_dir=directory, audit_share=0), shared_engine, server_clock)
    served = app.state.service.bundles.load()
    with running(app) as url:
        yield url, served.bundle


@pytest.fixture
def clock(server_clock: FakeClock) -> FakeClock:
    server_clock.now = FakeClock().now
    return server_clock


@pytest.fixture
def deployment(server: tuple[str, Any], engine: Engine, clock: FakeClock) -> Deployment:
    """What people do with the answers of the server."""
    return Deployment(engine, clock, server[1])


@pytest.fixture
def api(server: tuple[str, Any], engine: Engine) -> Iterator[httpx2.Client]:
    """What an admin's program sends."""
    headers = {"Authorization": f"Bearer {create_key(engine, 'eve', 'admin')}"}
    with httpx2.Client(base_url=server[0], headers=headers, timeout=20) as client:
        yield client


def labelled(deployment: Deployment, *labels: Labelled) -> None:
    add(deployment.engine, deployment.clock, deployment.bundle.bundle_id, labels)


def proposed(api: httpx2.Client) -> Json:
    response = api.post("/v1/promise/recalibrate")
    assert response.status_code == 201, response.text
    proposal: Json = response.json()
    return proposal


def activate(api: httpx2.Client, proposal: Json, **body: Any) -> httpx2.Response:
    return api.post(f"/v1/promise/proposals/{proposal['id']}/activate", json=body)


def ask(api: httpx2.Client) -> Json:
    body = {"queries": [{"text": CERTAIN}]}
    answer: Json = api.post("/v1/recommendations", json=body).json()
    return answer


def test_a_proposal_is_made_listed_and_activated(
    api: httpx2.Client, deployment: Deployment
) -> None:
    labelled(
        deployment,
        *traffic(1500, stream=Stream.CALIBRATION),
        *traffic(300, stream=Stream.AUDIT, threshold=SERVED, seed=1),
        Labelled(answer=Answer.UNSURE),
    )
    proposal = proposed(api)
    assert proposal["labels"] == {"calibration": 1500, "audit": 300, "left_out": {"unsure": 1}}
    (part,) = proposal["parts"]
    assert (part["decision"], part["group"], proposal["promised"]) == ("auto_accept", None, True)
    assert part["p_value"] <= 0.1
    assert part["errors"] < 0.05 * part["accepted"]
    coverage = proposal["automation_coverage"]
    assert coverage["low"] < coverage["expected"] < coverage["high"]
    assert api.get("/v1/promise").json()["proposal_id"] is None
    assert activate(api, proposal).json()["activated_by"] == "eve"
    status = api.get("/v1/promise").json()
    assert status["proposal_id"] == proposal["id"]
    assert status["parts"][0]["threshold"] == part["threshold"]
    (listed,) = api.get("/v1/promise/proposals").json()["proposals"]
    assert (listed["id"], listed["activated_by"]) == (proposal["id"], "eve")
    kinds = [one["kind"] for one in api.get("/v1/promise/changes").json()["changes"]]
    assert kinds == ["activated", "proposed"]


def test_what_is_activated_is_what_is_served(api: httpx2.Client, deployment: Deployment) -> None:
    before = ask(api)
    assert before["results"][0]["decision"] == "auto_accept"
    assert before["promise"]["threshold"] == SERVED
    labelled(deployment, *traffic(1500, stream=Stream.CALIBRATION))
    proposal = proposed(api)
    assert ask(api)["promise"] == before["promise"]
    assert activate(api, proposal).status_code == 200
    after = ask(api)
    assert after["promise"]["threshold"] == proposal["parts"][0]["threshold"] != SERVED
    assert after["promise"]["calibrated_at"] == f"{deployment.clock.now:%Y-%m-%dT%H:%M:%SZ}"
    assert after["promise"]["calibration_labels"] == 1500


def test_a_proposal_that_promises_nothing_stops_automation_only_when_that_is_accepted(
    api: httpx2.Client, deployment: Deployment
) -> None:
    labelled(deployment, *(right_or_wrong(True, deciding=0.95) for _ in range(20)))
    proposal = proposed(api)
    assert (proposal["promised"], proposal["parts"][0]["threshold"]) == (False, None)
    assert proposal["parts"][0]["labels_needed"] > 0
    refused = activate(api, proposal)
    assert (refused.status_code, refused.json()["code"]) == (409, "proposal_stops_automation")
    assert "auto_accept of all other queries" in refused.json()["detail"]
    assert ask(api)["results"][0]["decision"] == "auto_accept"
    assert activate(api, proposal, accept_stops=True).status_code == 200
    assert ask(api)["results"][0]["decision"] == "manual_review"


def test_a_proposal_is_activated_once(api: httpx2.Client, deployment: Deployment) -> None:
    labelled(deployment, *traffic(1500, stream=Stream.CALIBRATION))
    proposal = proposed(api)
    assert activate(api, proposal).status_code == 200
    again = activate(api, proposal)
    assert (again.status_code, again.json()["code"]) == (409, "proposal_activated")


def test_without_labels_there_is_nothing_to_propose(api: httpx2.Client) -> None:
    response = api.post("/v1/promise/recalibrate")
    assert (response.status_code, response.json()["code"]) == (409, "no_labels")
    assert api.get("/v1/promise/proposals").json() == {"proposals": []}


@pytest.mark.parametrize(
    ("proposal_id", "body", "status", "code"),
    [
        (NOBODYS, {}, 404, "proposal_not_found"),
        ("first", {}, 422, "invalid_type"),
        (NOBODYS, {"accept_stops": "yes"}, 422, "invalid_type"),
        (NOBODYS, {"force": True}, 422, "unknown_field"),
    ],
)
def test_what_cannot_be_activated_is_refused(
    api: httpx2.Client, proposal_id: str, body: Json, status: int, code: str
) -> None:
    response = activate(api, {"id": proposal_id}, **body)
    assert (response.status_code, response.json()["code"]) == (status, code)


# --------------------------------------------------------------------------------- what if


def test_another_target_is_tried_on_the_stored_calibration(api: httpx2.Client) -> None:
    answer = api.post("/v1/promise/preview", json=PREVIEW).json()
    expected = preview(RECORD, Target(0.9, 0.9))
    assert answer["threshold"] == expected.promise.threshold
    assert (answer["calibration_labels"], answer["labels_needed"]) == (2000, None)
    assert answer["automation_coverage"] == {
        "expected": expected.automation_coverage,
        "low": expected.interval[0],
        "high": expected.interval[1],
        "queries": 4000,
    }


def test_a_higher_target_or_confidence_automates_less(api: httpx2.Client) -> None:
    def coverage(**changed: float) -> float:
        answer = api.post("/v1/promise/preview", json={**PREVIEW, **changed}).json()
        found: float = answer["automation_coverage"]["expected"]
        return found

    assert coverage(target=0.93) < coverage()
    assert coverage(confidence=0.999) < coverage()


def test_a_target_that_cannot_be_promised_says_what_it_takes(api: httpx2.Client) -> None:
    answer = api.post("/v1/promise/preview", json={"target": 0.9999, "confidence": 0.9}).json()
    assert (answer["threshold"], answer["automation_coverage"]["expected"]) == (None, 0)
    assert "labels_needed" in answer


def test_asking_changes_nothing(api: httpx2.Client) -> None:
    before = api.get("/v1/promise").json()
    api.post("/v1/promise/preview", json=PREVIEW)
    assert api.get("/v1/promise").json() == before
    assert api.get("/v1/promise/proposals").json() == {"proposals": []}


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"target": 1}, "out_of_range"),
        ({"target": 0.0}, "out_of_range"),
        ({"target": 95}, "out_of_range"),
        ({"target": "0.95"}, "invalid_type"),
        ({"target": None}, "invalid_type"),
        ({"confidence": 1}, "out_of_range"),
        ({"confidence": 0}, "out_of_range"),
        ({"group": "toasters"}, "unknown_group"),
        ({"groups": []}, "unknown_field"),
    ],
)
def test_targets_that_nobody_can_promise_are_refused(
    api: httpx2.Client, changed: Json, code: str
) -> None:
    response = api.post("/v1/promise/preview", json={**PREVIEW, **changed})
    assert (response.status_code, response.json()["code"]) == (422, code)


def test_a_group_is_tried_on_its_own(deployment: Deployment) -> None:
    grouped = small_record(2000, groups=GroupSettings(fewest_multiple=1.0))
    bundle = replace(bundle_of(ORDINARY), calibration=grouped)
    service = PromiseService(deployment.engine, bundle, deployment.watcher)
    found = service.preview(Target(0.9, 0.9), "phones")
    assert (found.promise.group, found.queries) == ("phones", 2000)
    with pytest.raises(UnknownGroup, match="it has cameras, phones"):
        service.preview(Target(0.9, 0.9), "toasters")


def test_a_bundle_that_keeps_no_calibration_cannot_say(deployment: Deployment) -> None:
    service = PromiseService(deployment.engine, bundle_of(ORDINARY), deployment.watcher)
    with pytest.raises(NoCalibration, match="train it again"):
        service.preview(Target(0.9, 0.9))


@pytest.mark.parametrize(
    ("method", "path", "body", "scopes"),
    [
        ("POST", "preview", PREVIEW, {"recommend", "admin"}),
        ("POST", "recalibrate", None, {"admin"}),
        ("GET", "proposals", None, {"admin"}),
        ("POST", f"proposals/{NOBODYS}/activate", {}, {"admin"}),
    ],
)
def test_only_those_who_need_it_may(
    server: tuple[str, Any],
    engine: Engine,
    method: str,
    path: str,
    body: Json | None,
    scopes: set[str],
) -> None:
    for scope in ("recommend", "review", "admin"):
        headers = {"Authorization": f"Bearer {create_key(engine, scope, scope)}"}
        response = httpx2.request(
            method, f"{server[0]}/v1/promise/{path}", headers=headers, json=body
        )
        assert (response.status_code == 403) == (scope not in scopes), (scope, path)
