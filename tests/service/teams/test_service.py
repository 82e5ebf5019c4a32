from __future__ import annotations

import pytest
from sqlalchemy import Engine, select

from models.errors import ConfigurationError
from service.database.tables import EventRow
from service.errors import TeamNotFound
from service.review.listing import TaskFilter
from service.teams.repository import Team
from service.teams.service import Teams
from tests.service.conftest import FakeClock
from tests.service.review.queues import ask, queue_of


@pytest.fixture
def teams(engine: Engine, clock: FakeClock) -> Teams:
    return Teams(engine, clock)


def test_a_team_is_what_was_set_last(teams: Teams) -> None:
    teams.put("phones", ["ben", "ann", "ben"], by="boss")
    assert teams.find("phones") == Team("phones", ("ann", "ben"))
    teams.put("phones", ["cas"], by="boss")
    assert teams.find("phones") == Team("phones", ("cas",))


def test_teams_are_listed_by_name(teams: Teams) -> None:
    assert teams.all() == []
    teams.put("phones", ["ann"], by="boss")
    teams.put("fridges", ["ann", "ben"], by="boss")
    assert teams.all() == [Team("fridges", ("ann", "ben")), Team("phones", ("ann",))]


@pytest.mark.parametrize(
    ("name", "members"),
    [
        ("", ["ann"]),
        ("a/b", ["ann"]),
        (" a", ["ann"]),
        ("x" * 101, ["ann"]),
        ("a", []),
        ("a", [" "]),
    ],
)
def test_what_is_no_team_is_refused(teams: Teams, name: str, members: list[str]) -> None:
    with pytest.raises(ConfigurationError):
        teams.put(name, members, by="boss")
    assert teams.all() == []


def test_the_tasks_of_a_team_that_is_removed_are_anybody_s(
    teams: Teams, engine: Engine, clock: FakeClock
) -> None:
    (task_id,) = ask(engine, clock, "bosch")
    teams.put("phones", ["ann"], by="boss")
    queue = queue_of(engine, clock)
    queue.assign(TaskFilter(), "team:phones", "boss")
    assert queue.claim("ben", 1, 60) == []
    assert teams.remove("phones", by="boss") == 1
    assert [task.id for task in queue.claim("ben", 1, 60)] == [task_id]


def test_a_team_that_does_not_exist_is_said(teams: Teams) -> None:
    with pytest.raises(TeamNotFound, match="'phones'"):
        teams.find("phones")
    with pytest.raises(TeamNotFound):
        teams.remove("phones", by="boss")


def test_every_change_leaves_an_event(teams: Teams, engine: Engine) -> None:
    teams.put("phones", ["ann"], by="boss")
    teams.remove("phones", by="lead")
    with engine.connect() as connection:
        rows = connection.execute(select(EventRow.__table__).order_by(EventRow.id)).all()
    assert [(row.subject_id, row.kind, row.actor, row.details) for row in rows] == [
        ("phones", "set", "boss", {"members": ["ann"]}),
        ("phones", "removed", "lead", {}),
    ]
