"""Several people at one queue over HTTP: what each may do, and what each is shown."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any
from uuid import UUID, uuid4

import httpx2
import pytest
from sqlalchemy import Engine

from service.access.service import create_key
from service.access.tokens import ApiKey
from service.app import create_app
from service.review.dependencies import connect_catalogue
from service.settings import Settings
from service.teams.service import Teams
from tests.service.conftest import FakeClock, running
from tests.service.review.queues import CATALOGUE, ask

Json = dict[str, Any]
Login = Callable[..., "Person"]
UNKNOWN = "0d0e8a52-6f0a-4f4a-9e1f-0b7f3f1f2a11"


class Person:
    """Somebody with a key, and short ways to send what a program of theirs sends."""

    def __init__(self, url: str, key: ApiKey, clock: FakeClock) -> None:
        self.clock = clock
        headers = {"Authorization": f"Bearer {key}"}
        self.client = httpx2.Client(base_url=url, headers=headers, timeout=10)

    def post(self, path: str, **body: object) -> httpx2.Response:
        return self.client.post(f"/v1/reviews{path}", json=body)

    def get(self, path: str = "", **parameters: Any) -> httpx2.Response:
        return self.client.get(f"/v1/reviews{path}", params=parameters)

    def claim(self, **wish: object) -> list[Json]:
        response = self.post("/claim", **{"count": 50, **wish})
        assert response.status_code == 200, response.text
        return list(response.json()["tasks"])

    def say(self, answer: str, *products: str, **more: object) -> Json:
        """Claim a task and answer it."""
        self.clock.advance(1)  # so that verdicts have an order
        [task] = self.claim(count=1)
        body = {"lease_token": task["lease_token"], "answer": answer, **more}
        response = self.post(f"/{task['id']}/submit", product_ids=products, **body)
        assert response.status_code == 200, response.text
        return dict(response.json())


@pytest.fixture(scope="module")
def server_clock() -> FakeClock:
    return FakeClock()


@pytest.fixture(scope="module")
def url(shared_engine: Engine, server_clock: FakeClock) -> Iterator[str]:
    """One server for all tests here; each has its own rows, keys and time."""
    app = create_app(Settings(undo_minutes=5.0), shared_engine, server_clock)
    connect_catalogue(app, CATALOGUE.__contains__)
    with running(app) as url:
        yield url


@pytest.fixture
def clock(server_clock: FakeClock) -> FakeClock:
    server_clock.now = FakeClock().now
    return server_clock


@pytest.fixture
def login(url: str, engine: Engine, clock: FakeClock) -> Iterator[Login]:
    people = []

    def make(name: str, scope: str = "review") -> Person:
        key = ApiKey.random()
        create_key(engine, clock, key, name, [scope], by="test")
        people.append(Person(url, key, clock))
        return people[-1]

    yield make
    for person in people:
        person.client.close()


@pytest.fixture
def ann(login: Login) -> Person:
    return login("ann")


@pytest.fixture
def ben(login: Login) -> Person:
    return login("ben")


@pytest.fixture
def boss(login: Login) -> Person:
    return login("boss", "admin")


@pytest.fixture
def task_id(engine: Engine, clock: FakeClock) -> UUID:
    (task_id,) = ask(engine, clock, "bosch kgn39")
    return task_id


@pytest.mark.usefixtures("task_id")
class TestSecondOpinions:
    def test_the_answer_says_whether_it_is_final(self, ann: Person, ben: Person) -> None:
        assert ann.say("unsure")["task_state"] == "open"
        assert ben.say("none")["task_state"] == "adjudicate"

    def test_who_adjudicates_sees_what_others_said_without_their_names(
        self, ann: Person, ben: Person, login: Login
    ) -> None:
        ann.say("unsure", comment="<script>alert(1)</script>")
        ben.say("accepted", "p1")
        [task] = login("cas").claim(stage="adjudication")
        assert task["stage"] == "adjudication"
        shown = [(one["answer"], one["product_ids"], one["comment"]) for one in task["opinions"]]
        assert shown == [("unsure", [], "<script>alert(1)</script>"), ("accepted", ["p1"], None)]
        assert {one["person"] for one in task["opinions"]} == {None}

    def test_an_admin_who_adjudicates_is_told_the_names(
        self, ann: Person, ben: Person, boss: Person
    ) -> None:
        ann.say("unsure")
        ben.say("none")
        [task] = boss.claim()
        assert [one["person"] for one in task["opinions"]] == ["ann", "ben"]

    def test_a_plain_claim_shows_no_opinions(self, ann: Person, ben: Person) -> None:
        ann.say("unsure")
        [task] = ben.claim()
        assert (task["stage"], task["opinions"]) == ("opinion", [])

    def test_while_another_opinion_is_wanted_the_first_is_hidden(
        self, ann: Person, ben: Person, boss: Person, task_id: UUID
    ) -> None:
        ann.say("unsure", comment="blurred")
        seen = ben.get(f"/{task_id}").json()
        assert (seen["verdicts"], seen["verdict"]) == ([], None)
        assert all(event["details"] == {} for event in seen["events"])
        assert "ann" not in [event["actor"] for event in seen["events"]]
        [own] = ann.get(f"/{task_id}").json()["verdicts"]
        assert (own["person"], own["comment"]) == ("ann", "blurred")
        [known] = boss.get(f"/{task_id}").json()["verdicts"]
        assert known["person"] == "ann"

    def test_afterwards_everybody_reads_what_was_said_but_not_by_whom(
        self, ann: Person, ben: Person, task_id: UUID
    ) -> None:
        ann.say("accepted", "p1")
        seen = ben.get(f"/{task_id}").json()
        assert (seen["verdict"]["answer"], seen["verdict"]["person"]) == ("accepted", None)
        assert [event["actor"] for event in seen["events"]] == ["shop", None, None]
        assert ann.get(f"/{task_id}").json()["verdict"]["person"] == "ann"


class TestUndo:
    def test_the_task_comes_back_with_a_fresh_token(self, ann: Person, task_id: UUID) -> None:
        ann.say("accepted", "p1")
        task = ann.post(f"/{task_id}/undo", lease_seconds=60).json()
        assert (task["id"], task["lease_until"]) == (str(task_id), "2026-01-01T12:01:01Z")
        assert {candidate["score"] for candidate in task["candidates"]} == {None}  # blind
        body = {"lease_token": task["lease_token"], "answer": "none"}
        assert ann.post(f"/{task_id}/submit", **body).json()["task_state"] == "answered"

    def test_how_long_it_can_be_done_is_a_setting(
        self, ann: Person, task_id: UUID, clock: FakeClock
    ) -> None:
        ann.say("none")
        clock.advance(301)
        problem(ann.post(f"/{task_id}/undo"), 409, "undo_too_late")

    @pytest.mark.parametrize(
        ("task", "body", "status", "code"),
        [
            (UNKNOWN, {}, 404, "review_task_not_found"),
            (None, {}, 409, "nothing_to_undo"),
            (None, {"lease_seconds": 1}, 422, "lease_seconds_out_of_range"),
            (None, {"lease_token": UNKNOWN}, 422, "unknown_field"),
        ],
    )
    def test_what_cannot_be_undone(
        self, ann: Person, task_id: UUID, task: str | None, body: Json, status: int, code: str
    ) -> None:
        problem(ann.post(f"/{task or task_id}/undo", **body), status, code)


class TestReopen:
    def test_a_final_verdict_is_overturned_with_its_reason(
        self, ann: Person, boss: Person, task_id: UUID
    ) -> None:
        ann.say("none")
        ann.clock.advance(1)
        task = boss.post(f"/{task_id}/reopen", reason="wrong colour").json()
        assert (task["state"], task["verdict_id"]) == ("open", None)
        *_, withdrawn = boss.get(f"/{task_id}").json()["verdicts"]
        assert (withdrawn["answer"], withdrawn["comment"]) == ("withdrawn", "wrong colour")

    @pytest.mark.parametrize(
        ("body", "status", "code"),
        [
            ({}, 422, "missing_field"),
            ({"reason": ""}, 422, "value_too_short"),
            ({"reason": "a\0b"}, 422, "invalid_value"),
            ({"reason": "look again"}, 409, "not_answered"),
        ],
    )
    def test_what_is_refused(
        self, boss: Person, task_id: UUID, body: Json, status: int, code: str
    ) -> None:
        before = boss.get(f"/{task_id}").json()
        problem(boss.post(f"/{task_id}/reopen", **body), status, code)
        assert boss.get(f"/{task_id}").json() == before


class TestAssign:
    def test_tasks_are_given_to_a_team(
        self, ann: Person, ben: Person, boss: Person, engine: Engine, clock: FakeClock
    ) -> None:
        one, two = ask(engine, clock, "one", "two")
        Teams(engine, clock).put("phones", ["ann"], by="test")
        assigned = boss.post("/assign", to="team:phones", task_ids=[str(one), UNKNOWN]).json()
        assert assigned == {"assigned": 1, "left_out": [UNKNOWN], "more": False}
        assert [task["id"] for task in ben.claim()] == [str(two)]
        assert [task["id"] for task in ann.claim(assigned=True)] == [str(one)]
        assert [task["id"] for task in ann.get(assigned_to="team:phones").json()["tasks"]] == [
            str(one)
        ]

    @pytest.mark.usefixtures("task_id")
    def test_by_a_filter(self, boss: Person) -> None:
        chosen = {"attributes": {"brand": "Bosch"}, "source": "shop", "state": "open"}
        assert boss.post("/assign", to="ann", filter=chosen).json()["assigned"] == 1
        back = boss.post("/assign", to=None, filter={"assigned_to": "ann"}).json()
        assert back["assigned"] == 1

    @pytest.mark.parametrize(
        ("body", "status", "code"),
        [
            ({"to": "ann"}, 422, "invalid_value"),
            ({"to": "ann", "task_ids": [UNKNOWN], "filter": {}}, 422, "invalid_value"),
            ({"to": "ann", "task_ids": []}, 422, "too_few_items"),
            ({"to": "", "filter": {}}, 422, "value_too_short"),
            ({"filter": {}}, 422, "missing_field"),
            ({"to": "ann", "filter": {"text": "bosch"}}, 422, "unknown_field"),
            ({"to": "team:nobody", "filter": {}}, 404, "team_not_found"),
        ],
    )
    def test_what_is_refused(
        self, boss: Person, task_id: UUID, body: Json, status: int, code: str
    ) -> None:
        before = boss.get(f"/{task_id}").json()
        problem(boss.post("/assign", **body), status, code)
        assert boss.get(f"/{task_id}").json() == before


@pytest.mark.usefixtures("task_id")
class TestLists:
    def test_by_attribute(self, ann: Person) -> None:
        assert len(ann.get(attribute="brand=Bosch").json()["tasks"]) == 1
        assert ann.get(attribute="brand=Beko").json()["tasks"] == []
        both = ann.get(attribute=["brand=Bosch", "kind=fridge"])
        assert both.json()["tasks"] == []
        problem(ann.get(attribute="brand"), 422, "invalid_value")

    def test_by_whose_opinion_it_has(self, ann: Person, ben: Person, boss: Person) -> None:
        ann.say("none")
        assert len(ann.get(answered_by="ann").json()["tasks"]) == 1
        assert len(boss.get(answered_by="ann").json()["tasks"]) == 1
        assert boss.get(answered_by="ben").json()["tasks"] == []
        problem(ben.get(answered_by="ann"), 403, "scope_missing")

    def test_claims_by_attribute_and_source(self, ann: Person, task_id: UUID) -> None:
        assert ann.claim(attributes={"brand": "Beko"}) == []
        assert ann.claim(source="elsewhere") == []
        [task] = ann.claim(attributes={"brand": "Bosch"}, source="shop")
        assert task["id"] == str(task_id)

    @pytest.mark.parametrize(
        "wish", [{"attributes": {}}, {"attributes": {"a": 1}}, {"stage": "late"}, {"assigned": "x"}]
    )
    def test_a_wrong_wish_is_refused(self, ann: Person, wish: Json) -> None:
        assert ann.post("/claim", **wish).status_code == 422


class TestSummary:
    def test_it_counts_the_queue_and_what_it_is_to_me(
        self, ann: Person, ben: Person, engine: Engine, clock: FakeClock
    ) -> None:
        ask(engine, clock, "one", "two", "three")
        ben.say("none")
        clock.advance(58)
        ann.say("unsure")
        seen = ann.get("/summary").json()
        assert seen["states"] == {
            "open": 2,
            "leased": 0,
            "adjudicate": 0,
            "answered": 1,
            "closed": 0,
        }
        assert (seen["given"], seen["left"], seen["oldest_age_seconds"]) == (1, 1, 60.0)
        assert seen["oldest_created_at"] == "2026-01-01T12:00:00Z"
        assert seen["since"] == "2026-01-01T00:00:00Z"
        assert ben.get("/summary").json()["left"] == 2

    def test_what_was_taken_back_does_not_count(self, ann: Person, task_id: UUID) -> None:
        ann.say("none")
        ann.post(f"/{task_id}/undo")
        assert ann.get("/summary").json()["given"] == 0

    @pytest.mark.usefixtures("task_id")
    def test_since_when_is_the_caller_s_choice(self, ann: Person) -> None:
        ann.say("none")
        later = ann.get("/summary", since="2026-01-01T12:00:02+00:00").json()
        assert later["given"] == 0
        problem(ann.get("/summary", since="2026-01-01T12:00:01"), 422, "invalid_type")

    def test_an_empty_queue_has_no_age(self, ann: Person) -> None:
        seen = ann.get("/summary").json()
        assert (seen["oldest_created_at"], seen["oldest_age_seconds"]) == (None, None)


class TestSkips:
    @pytest.mark.parametrize(
        ("reason", "label"),
        [("unclear_text", "unclear_text"), ("the picture is missing", "other"), (None, "none")],
    )
    def test_they_are_counted_by_their_reason(
        self, ann: Person, boss: Person, task_id: UUID, reason: str | None, label: str
    ) -> None:
        before = skips(ann, label)
        [task] = ann.claim()
        body = {"lease_token": task["lease_token"], "skip": True, "reason": reason}
        assert ann.post(f"/{task_id}/release", **body).status_code == 204
        assert skips(ann, label) == before + 1
        details = boss.get(f"/{task_id}").json()["events"][-1]["details"]
        assert details == ({} if reason is None else {"reason": reason})

    def test_what_is_given_back_is_no_skip(self, ann: Person, task_id: UUID) -> None:
        before = skips(ann, "none")
        [task] = ann.claim()
        ann.post(f"/{task_id}/release", lease_token=task["lease_token"])
        assert skips(ann, "none") == before

    @pytest.mark.parametrize(
        ("body", "code"),
        [
            ({"reason": "later"}, "invalid_value"),
            ({"skip": True, "reason": ""}, "value_too_short"),
            ({"skip": True, "reason": "x" * 201}, "value_too_long"),
            ({"skip": True, "reason": "a\0"}, "invalid_value"),
        ],
    )
    def test_a_wrong_reason_is_refused(
        self, ann: Person, task_id: UUID, body: Json, code: str
    ) -> None:
        problem(ann.post(f"/{task_id}/release", lease_token=str(uuid4()), **body), 422, code)


@pytest.mark.parametrize("path", [f"/{UNKNOWN}/reopen", "/assign"])
def test_managing_needs_the_scope_admin(ann: Person, path: str) -> None:
    problem(ann.post(path, reason="x"), 403, "scope_missing")


def test_the_token_of_somebody_else_changes_nothing(
    ann: Person, ben: Person, boss: Person, task_id: UUID
) -> None:
    [task] = ann.claim()
    before = boss.get(f"/{task_id}").json()
    for action, body in (("submit", {"answer": "none"}), ("renew", {}), ("release", {})):
        stolen = ben.post(f"/{task_id}/{action}", lease_token=task["lease_token"], **body)
        problem(stolen, 409, "lease_lost")
    assert boss.get(f"/{task_id}").json() == before


def skips(person: Person, label: str) -> float:
    text = person.client.get("/metrics").text
    name = f'alc_review_skips_total{{reason="{label}"}} '
    [line] = [line for line in text.splitlines() if line.startswith(name)]
    return float(line.removeprefix(name))


def problem(response: httpx2.Response, status: int, code: str) -> None:
    assert (response.status_code, response.json()["code"]) == (status, code), response.text
