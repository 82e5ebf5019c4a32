"""What answers say of the promise that they are under, over HTTP."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import Engine

from models.bundle.bundle import BundleContents
from models.calibration.groups import members, remainder
from models.calibration.scores import Flags
from models.calibration.settings import GroupSettings
from models.thresholds import Promise
from service.database.tables import DecisionRow, LabelSampleRow, ReviewTaskRow, TaskKind
from service.recommend.schemas import RecommendationsRead
from tests.service.conftest import FakeClock
from tests.service.promise.promises import add_override
from tests.service.recommend.conftest import Service, StartService
from tests.service.recommend.decisions import rows
from tests.service.recommend.jobs import CERTAIN, UNCERTAIN
from tests.small_bundle import (
    TITLES,
    no_match_on,
    promise_on,
    small_contents,
    small_promise,
    small_record,
)

PHONES, CAMERAS, FRIDGES = "phones", "cameras", "fridges"
RECORD = small_record(groups=GroupSettings("category", "query"))
NO_MATCH = no_match_on(RECORD, threshold=0.3)
FOREIGN = "zzz qqq vvv"


def certified(chosen: Flags, threshold: float | None) -> Promise:
    """Return a promise with the counts that these labels of the record have for it."""
    labels = RECORD.labels.subset(chosen)
    if threshold is None:
        return replace(small_promise(threshold=None), calibration_labels=len(labels))
    return promise_on(replace(RECORD, labels=labels), threshold=threshold)


def grouped(**thresholds: float | None) -> Promise:
    groups = RECORD.labels.groups
    own = tuple(
        replace(certified(members(groups, group), threshold), group=group)
        for group, threshold in thresholds.items()
    )
    others = certified(remainder(groups, tuple(thresholds)), 0.9)
    return replace(others, grouping=RECORD.grouping, groups=own)


PROMISE = grouped(phones=0.6, cameras=0.999999, fridges=None)


def contents() -> BundleContents:
    return small_contents(calibration=RECORD, no_match=NO_MATCH)


@pytest.fixture
def service(start_service: StartService, engine: Engine) -> Service:
    return start_service(engine, PROMISE, contents())


def ask(service: Service, *queries: tuple[str, str | None]) -> Any:
    asked = [
        {"text": text, "attributes": {} if category is None else {"category": category}}
        for text, category in queries
    ]
    response = service.post({"queries": asked, "k": 2})
    assert response.status_code == 200, response.text
    RecommendationsRead.model_validate_json(response.content)
    return response.json()


def test_every_result_names_its_group_and_the_threshold_that_applied(service: Service) -> None:
    other = TITLES[4]
    answer = ask(service, (CERTAIN, PHONES), (other, FRIDGES), (other, "sofas"), (other, None))
    assert [
        (result["group"], result["threshold"], result["decision"]) for result in answer["results"]
    ] == [
        (PHONES, 0.6, "auto_accept"),
        (FRIDGES, None, "manual_review"),
        (None, 0.9, "auto_accept"),
        (None, 0.9, "auto_accept"),
    ]


def test_what_is_answered_is_what_is_recorded(service: Service, engine: Engine) -> None:
    answer = ask(service, (CERTAIN, PHONES), (FOREIGN, CAMERAS))
    stored = {str(row.id): row for row in rows(engine, DecisionRow)}
    for result in answer["results"]:
        row = stored[result["decision_id"]]
        assert (row.group_name, row.threshold, row.calibrated_probability) == (
            result["group"],
            result["threshold"],
            result["calibrated_probability"],
        )


def test_an_answer_has_the_promises_of_the_groups_that_were_asked_about(service: Service) -> None:
    promise = ask(service, (CERTAIN, CAMERAS), (CERTAIN, "sofas"))["promise"]
    assert promise["grouping"] == {"attribute": "category", "of": "query"}
    assert [(one["group"], one["threshold"]) for one in promise["groups"]] == [(CAMERAS, 0.999999)]
    bundle = service.client.get(f"{service.url}/v1/bundles/current", headers=service.headers).json()
    assert [one["group"] for one in bundle["promise"]["groups"]] == [PHONES, CAMERAS, FRIDGES]
    assert bundle["no_match"]["threshold"] == NO_MATCH.threshold


def test_a_result_says_how_probably_its_best_candidate_is_right(service: Service) -> None:
    certain, uncertain = ask(service, (CERTAIN, PHONES), (UNCERTAIN, PHONES))["results"]
    assert 0 < uncertain["calibrated_probability"] < certain["calibrated_probability"] < 1


def test_no_match_is_answered_without_a_person(service: Service, engine: Engine) -> None:
    answer = ask(service, (FOREIGN, PHONES))
    [result] = answer["results"]
    assert (result["decision"], result["auto_accepted"]) == ("no_match", [])
    assert (result["threshold"], result["group"]) == (NO_MATCH.threshold, None)
    assert result["review_task_id"] is None
    assert answer["no_match_promise"]["threshold"] == NO_MATCH.threshold
    assert rows(engine, ReviewTaskRow) == []
    registry = service.app.state.service.metrics.registry
    assert registry.get_sample_value("alc_decisions_total", {"decision": "no_match"}) == 1
    assert registry.get_sample_value("alc_automation_coverage_ratio") == 1.0


def test_no_match_is_left_to_people_where_the_settings_say_so(
    start_service: StartService, engine: Engine
) -> None:
    service = start_service(engine, PROMISE, contents(), answer_no_match=False)
    answer = ask(service, (FOREIGN, PHONES))
    [result] = answer["results"]
    assert (result["decision"], result["threshold"]) == ("manual_review", 0.6)
    assert answer["no_match_promise"] is None


def test_a_promise_that_broke_is_named_in_the_answer_and_obeyed(
    service: Service, engine: Engine, clock: FakeClock
) -> None:
    before = ask(service, (CERTAIN, PHONES))
    assert before["degraded"] is None
    add_override(engine, clock, PHONES, None, bundle_id=before["bundle_id"])
    after = ask(service, (CERTAIN, PHONES))
    [result] = after["results"]
    assert (result["decision"], result["threshold"]) == ("manual_review", None)
    assert after["degraded"]["reason"] == "promise_broken"
    assert "'phones'" in after["degraded"]["detail"]
    assert after["promise"]["groups"][0]["threshold"] is None
    assert ask(service, (CERTAIN, "sofas"))["degraded"] is None


@pytest.mark.parametrize(
    ("settings", "drawn"),
    [
        ({"audit_share": 1.0}, {"auto_accept", "no_match"}),
        ({"calibration_share": 1.0}, {"auto_accept", "no_match", "manual_review"}),
        ({}, set()),
    ],
)
def test_the_settings_say_what_is_drawn(
    start_service: StartService, engine: Engine, settings: dict[str, float], drawn: set[str]
) -> None:
    service = start_service(engine, PROMISE, contents(), **settings)
    ask(service, (CERTAIN, PHONES), (FOREIGN, PHONES), (UNCERTAIN, FRIDGES))
    assert {sample.decision.value for sample in rows(engine, LabelSampleRow)} == drawn
    kinds = {task.text: task.kind for task in rows(engine, ReviewTaskRow)}
    assert kinds[UNCERTAIN] is TaskKind.REVIEW
    assert kinds.get(CERTAIN) is (TaskKind.AUDIT if drawn else None)
