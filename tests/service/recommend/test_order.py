"""What the settings of the order do to which task is handed out first, over HTTP."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest
from sqlalchemy import Engine

from models.thresholds import Promise
from tests.service.recommend.conftest import Service, StartService, create_key
from tests.service.recommend.jobs import CERTAIN, UNCERTAIN, matched_job
from tests.small_bundle import small_promise

Query = dict[str, Any]

OLDER, NEWER = "bosch dish washer", "canon camera body"  # neither is certain
[NEAREST] = (match.candidates[0].score for _, match in matched_job(NEWER).pairs())


def handed_out(service: Service, engine: Engine, *queries: Query) -> Sequence[str]:
    """Ask one query after the other; return their texts as an annotator gets them."""
    for query in queries:
        assert service.post({"queries": [query]}).status_code == 200
    headers = {"Authorization": f"Bearer {create_key(engine, 'ann', 'review')}"}
    url = f"{service.url}/v1/reviews/claim"
    claimed = service.client.post(url, headers=headers, json={"count": 9})
    return [task["text"] for task in claimed.json()["tasks"]]


@pytest.mark.parametrize(
    ("settings", "more", "newer_first"),
    [
        ({}, {}, False),
        ({}, {"priority": 1}, True),
        ({"priority_hours": 0.0}, {"priority": 9}, False),
        ({}, {"attributes": {"price": "1000"}}, False),
        ({"value_attribute": "price"}, {"attributes": {"price": "1000"}}, True),
        ({"value_attribute": "worth"}, {"attributes": {"price": "1000"}}, False),
        (
            {"value_attribute": "price", "value_hours": 0.0},
            {"attributes": {"price": "1000"}},
            False,
        ),
    ],
)
def test_what_the_query_says_of_itself(
    start_service: StartService,
    engine: Engine,
    settings: dict[str, Any],
    more: Query,
    newer_first: bool,
) -> None:
    service = start_service(engine, **settings)
    order = handed_out(service, engine, {"text": OLDER}, {"text": NEWER, **more})
    assert order == ([NEWER, OLDER] if newer_first else [OLDER, NEWER])


@pytest.mark.parametrize(("priority_hours", "first"), [(24.0, NEWER), (200.0, OLDER)])
def test_the_hours_of_a_step_weigh_priority_against_value(
    start_service: StartService, engine: Engine, priority_hours: float, first: str
) -> None:
    service = start_service(
        engine, value_attribute="price", value_hours=100.0, priority_hours=priority_hours
    )
    urgent = {"text": OLDER, "priority": 1}
    dear = {"text": NEWER, "attributes": {"price": "10"}}
    assert handed_out(service, engine, urgent, dear)[0] == first


@pytest.mark.parametrize(
    ("settings", "newer_first"),
    [
        ({}, False),
        ({"near_hours": 1.0}, True),
        ({"near_hours": 1.0, "near_band": 0.01}, False),
        ({"near_hours": 1.0, "near_band": 0.03}, True),
    ],
)
def test_what_lacks_little_to_the_threshold(
    start_service: StartService, engine: Engine, settings: dict[str, Any], newer_first: bool
) -> None:
    promise: Promise = small_promise(threshold=NEAREST + 0.02)
    service = start_service(engine, promise, **settings)
    # The older one shares nothing with the catalogue.
    order = handed_out(service, engine, {"text": "zzz"}, {"text": NEWER})
    assert order == ([NEWER, "zzz"] if newer_first else ["zzz", NEWER])


@pytest.mark.parametrize(("hours", "audit_first"), [(24.0, True), (0.0, False)])
def test_an_audit(
    start_service: StartService, engine: Engine, hours: float, audit_first: bool
) -> None:
    service = start_service(engine, audit_share=1.0, audit_hours=hours)
    order = handed_out(service, engine, {"text": UNCERTAIN}, {"text": CERTAIN})
    assert order == ([CERTAIN, UNCERTAIN] if audit_first else [UNCERTAIN, CERTAIN])


def test_audits_are_handed_out_as_they_were_drawn_whatever_their_queries_say(
    start_service: StartService, engine: Engine
) -> None:
    service = start_service(engine, audit_share=1.0, value_attribute="price", near_hours=9.0)
    dear = {"text": "Canon EOS 2000D Body", "priority": 9, "attributes": {"price": "9999"}}
    order = handed_out(service, engine, {"text": CERTAIN}, dear)
    assert order == [CERTAIN, "Canon EOS 2000D Body"]


def test_a_query_that_is_asked_again_with_a_higher_priority_moves_forward(
    start_service: StartService, engine: Engine
) -> None:
    service = start_service(engine)
    again = {"text": NEWER.upper(), "priority": 5}
    order = handed_out(service, engine, {"text": OLDER}, {"text": NEWER}, again)
    assert order == [NEWER, OLDER]
