"""Whoever answers tasks cannot tell an audit from a review, over HTTP, from the first ask on."""

from __future__ import annotations

import re
from typing import Any

import pytest
from sqlalchemy import Engine, text

from service.database.engine import transaction
from service.database.tables import LabelSampleRow, ReviewTaskRow, TaskKind
from tests.service.conftest import FakeClock
from tests.service.promise.promises import add_override
from tests.service.recommend.conftest import Service, StartService, create_key
from tests.service.recommend.decisions import rows
from tests.service.recommend.jobs import CERTAIN

Json = dict[str, Any]
# What is random or a moment in time, and so differs between any two tasks.
PASSING = re.compile(
    r"[0-9a-f]{8}-[0-9a-f]{4}-(?P<version>[0-9a-f])[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}"
    r"|\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|\+00:00)"
)


class Annotator:
    """Somebody with a key of this scope, and all that it shows."""

    def __init__(self, service: Service, engine: Engine, scope: str) -> None:
        key = create_key(engine, f"{scope}er", scope)
        self._service, self._headers = service, {"Authorization": f"Bearer {key}"}

    def get(self, path: str) -> Json:
        response = self._service.client.get(self._service.url + path, headers=self._headers)
        return _body(response)

    def post(self, path: str, body: Json) -> Json:
        url = self._service.url + path
        return _body(self._service.client.post(url, headers=self._headers, json=body))

    def everything(self) -> Json:
        """Work the one task of the queue, and keep all answers on the way."""
        listed = self.get("/v1/reviews")
        [task] = listed["tasks"]
        path = f"/v1/reviews/{task['id']}"
        opened = self.get(path)
        claimed = self.post("/v1/reviews/claim", {"count": 5})
        token = claimed["tasks"][0]["lease_token"]
        renewed = self.post(f"{path}/renew", {"lease_token": token})
        submitted = self.post(f"{path}/submit", {"lease_token": token, "answer": "none"})
        done = {"listed_after": self.get("/v1/reviews?state=answered"), "history": self.get(path)}
        return {
            "listed": listed,
            "opened": opened,
            "claimed": claimed,
            "renewed": renewed,
            "submitted": submitted,
            **done,
        }


@pytest.fixture
def service(start_service: StartService, engine: Engine) -> Service:
    return start_service(engine, audit_share=1.0)


def test_an_audit_and_a_review_of_the_same_query_look_alike(
    service: Service, engine: Engine, clock: FakeClock
) -> None:
    service.ask(CERTAIN)
    assert _kind(engine) is TaskKind.AUDIT
    audit = Annotator(service, engine, "review").everything()
    _forget_queries(engine)
    add_override(engine, clock, "", None, bundle_id=audit["opened"]["bundle_id"])
    for _ in range(3):
        service.ask(CERTAIN)
    assert _kind(engine) is TaskKind.REVIEW
    review = Annotator(service, engine, "review").everything()
    assert _lasting(audit) == _lasting(review)
    text_seen = str(audit).lower()
    assert not any(word in text_seen for word in ("audit", "sample", "stream"))


def test_the_answer_does_not_tell_that_it_was_drawn(
    start_service: StartService, engine: Engine
) -> None:
    drawn = start_service(engine, audit_share=1.0).ask(CERTAIN)
    assert len(rows(engine, LabelSampleRow)) == 1
    left = start_service(engine, audit_share=0.0).ask(CERTAIN)
    assert len(rows(engine, LabelSampleRow)) == 1
    for answer in (drawn, left):
        answer.pop("bundle_id")  # the two services have bundles of their own
    assert _lasting(drawn) == _lasting(left)


def test_an_admin_sees_which_is_which_and_what_the_model_thinks(
    service: Service, engine: Engine
) -> None:
    service.ask(CERTAIN)
    admin = Annotator(service, engine, "admin")
    [task] = admin.get("/v1/reviews")["tasks"]
    assert task == {
        name: value
        for name, value in admin.get(f"/v1/reviews/{task['id']}").items()
        if name not in ("verdict", "verdicts", "events")
    }
    assert (task["kind"], task["times_asked"]) == ("audit", 1)
    assert [candidate["rank"] for candidate in task["candidates"]] == list(range(1, 9))
    assert task["candidates"][0]["score"] == 1.0


def test_an_admin_who_answers_is_blind_too(service: Service, engine: Engine) -> None:
    service.ask(CERTAIN)
    [task] = Annotator(service, engine, "admin").post("/v1/reviews/claim", {})["tasks"]
    assert {candidate["score"] for candidate in task["candidates"]} == {None}


def test_without_blind_reviews_scores_are_shown_but_not_why_a_task_is(
    start_service: StartService, engine: Engine
) -> None:
    service = start_service(engine, audit_share=1.0, blind_review=False)
    service.ask(CERTAIN)
    seen = Annotator(service, engine, "review").everything()
    for task in (seen["opened"], seen["claimed"]["tasks"][0], seen["listed"]["tasks"][0]):
        assert [candidate["rank"] for candidate in task["candidates"]] == list(range(1, 9))
        assert task["candidates"][0]["score"] == 1.0
        assert task["times_asked"] == 1
        assert task.get("kind") is None


def test_a_person_s_answer_to_an_audit_answers_the_query_from_then_on(
    service: Service, engine: Engine
) -> None:
    service.ask(CERTAIN)
    Annotator(service, engine, "review").everything()
    [result] = service.ask(CERTAIN)["results"]
    assert (result["decision"], result["auto_accepted"]) == ("verified", [])
    assert (result["threshold"], result["group"], result["calibrated_probability"]) == (
        None,
        None,
        None,
    )
    assert len(rows(engine, LabelSampleRow)) == 1


def _body(response: Any) -> Json:
    assert response.status_code == 200, response.text
    body: Json = response.json()
    return body


def _kind(engine: Engine) -> TaskKind:
    [task] = rows(engine, ReviewTaskRow)
    kind: TaskKind = task.kind
    return kind


def _forget_queries(engine: Engine) -> None:
    with transaction(engine) as connection:
        connection.execute(
            text(
                "truncate events, verdicts, label_samples, decisions, review_tasks, api_keys"
                " cascade"
            )
        )


def _lasting(value: Any) -> Any:
    """Leave out what differs between any two tasks; candidates come in the order of their ids."""
    if isinstance(value, dict):
        return {
            name: name if name == "seconds" else _lasting(inner) for name, inner in value.items()
        }
    if isinstance(value, list):
        inner = [_lasting(one) for one in value]
        named = all(isinstance(one, dict) and "product_id" in one for one in inner)
        return sorted(inner, key=lambda one: one["product_id"]) if named else inner
    if isinstance(value, str):
        return PASSING.sub(lambda found: f"passing {found['version']}", value)
    return value
