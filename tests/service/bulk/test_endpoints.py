from __future__ import annotations

from collections.abc import Iterator
from uuid import uuid4

import httpx2
import pytest
from sqlalchemy import Engine

from tests.service.bulk.bulks import accept, count_verdicts
from tests.service.conftest import FakeClock, Serve
from tests.service.leads import lead
from tests.service.review.queues import ask

PATH = "/v1/reviews/bulk"
AS_BEFORE = {"action": "accept_best_as_before", "filter": {"source": "shop"}}


@pytest.fixture
def lea(serve: Serve, engine: Engine, clock: FakeClock) -> Iterator[httpx2.Client]:
    ask(engine, clock, "first")
    accept(engine, clock, "p1")
    ask(engine, clock, "one", "two")
    with lead(serve, engine, clock) as client:
        yield client


def test_preview_apply_list_undo(lea: httpx2.Client) -> None:
    preview = lea.post(f"{PATH}/preview", json=AS_BEFORE).json()
    assert (preview["tasks"], preview["open_tasks"], preview["more"]) == (2, 2, False)
    assert [one["product_id"] for one in preview["sample"]] == ["p1", "p1"]
    applied = lea.post(PATH, json={**AS_BEFORE, "expected_tasks": 2}).json()
    assert (applied["tasks"], applied["person"]) == (2, "lea")
    assert applied["filter"] == {"source": "shop"}
    assert lea.get(PATH).json()["actions"] == [applied]
    undone = lea.post(f"{PATH}/{applied['id']}/undo").json()
    assert undone == {"withdrawn": 2, "left": 0}
    again = lea.post(f"{PATH}/{applied['id']}/undo")
    assert (again.status_code, again.json()["code"]) == (409, "bulk_action_undone")


def test_another_number_than_previewed_changes_nothing(lea: httpx2.Client, engine: Engine) -> None:
    before = count_verdicts(engine)
    refused = lea.post(PATH, json={**AS_BEFORE, "expected_tasks": 3})
    assert (refused.status_code, refused.json()["code"]) == (409, "bulk_action_changed")
    assert count_verdicts(engine) == before


@pytest.mark.parametrize(
    "body",
    [
        {"action": "accept_all"},
        {"action": "answer_none", "reason": "gone"},
        {"action": "answer_none", "filter": {"source": "shop"}},
        {"action": "answer_none", "filter": {"source": "shop"}, "reason": ""},
        {**AS_BEFORE, "filter": {"colour": "red"}},
        {**AS_BEFORE, "filter": {"source": "a\0b"}},
    ],
)
def test_what_cannot_be_meant_is_refused(lea: httpx2.Client, body: dict[str, object]) -> None:
    assert lea.post(f"{PATH}/preview", json=body).status_code == 422


@pytest.mark.parametrize("expected", [0, 501, "2", None])
def test_a_number_is_expected(lea: httpx2.Client, expected: object) -> None:
    assert lea.post(PATH, json={**AS_BEFORE, "expected_tasks": expected}).status_code == 422


def test_an_unknown_action_cannot_be_undone(lea: httpx2.Client) -> None:
    refused = lea.post(f"{PATH}/{uuid4()}/undo")
    assert (refused.status_code, refused.json()["code"]) == (404, "bulk_action_not_found")


def test_it_needs_the_scope_admin(serve: Serve, engine: Engine, clock: FakeClock) -> None:
    with lead(serve, engine, clock, "review") as ann:
        assert ann.post(f"{PATH}/preview", json=AS_BEFORE).status_code == 403
        assert ann.post(PATH, json={**AS_BEFORE, "expected_tasks": 1}).status_code == 403
        assert ann.get(PATH).status_code == 403
        assert ann.post(f"{PATH}/{uuid4()}/undo").status_code == 403
