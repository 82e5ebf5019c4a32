"""The rules of teams; every method is one transaction, and every change leaves an event."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Engine

from models.errors import ConfigurationError
from service.clock import SqlClock
from service.database.engine import transaction
from service.database.events import Event, record
from service.errors import TeamNotFound
from service.review.assigning import assign_where
from service.review.sql import TEAM, tasks
from service.teams import repository
from service.teams.repository import Team

SUBJECT = "team"  # of events; their subject id is its name

NAME_PATTERN = r"^\w[\w .-]{0,99}$"


@dataclass(frozen=True, slots=True)
class Teams:
    """Who works together. All methods raise DatabaseUnavailable without a database."""

    engine: Engine
    clock: SqlClock

    def all(self) -> list[Team]:
        """Return all teams by name."""
        with transaction(self.engine) as connection:
            return repository.list_teams(connection)

    def find(self, name: str) -> Team:
        """Return a team. Raises TeamNotFound."""
        with transaction(self.engine) as connection:
            found = repository.list_teams(connection, only=name)
        if not found:
            raise _not_found(name)
        return found[0]

    def put(self, name: str, members: Sequence[str], *, by: str) -> Team:
        """Make these persons the members of a team, a new one if need be.

        Raises ConfigurationError for a name that no team can have, and without members.
        """
        team = _checked(name, members)
        with transaction(self.engine) as connection:
            repository.lock(connection, name)
            repository.replace_members(connection, name, team.members)
            details = {"members": [*team.members]}
            record(connection, self.clock, [Event(SUBJECT, name, "set", by, details)])
        return team

    def remove(self, name: str, *, by: str) -> int:
        """Remove a team; its tasks are anybody's from then on. Returns how many.

        Otherwise nobody could claim them. Raises TeamNotFound.
        """
        with transaction(self.engine) as connection:
            repository.lock(connection, name)
            if not repository.list_teams(connection, only=name):
                raise _not_found(name)
            repository.delete_team(connection, name)
            record(connection, self.clock, [Event(SUBJECT, name, "removed", by)])
            of_team = [tasks.c.assigned_to == TEAM + name]
            return assign_where(connection, self.clock, of_team, None, by, most=None).assigned


def _checked(name: str, members: Sequence[str]) -> Team:
    if not re.fullmatch(NAME_PATTERN, name):
        raise ConfigurationError(
            f"{name!r} cannot be the name of a team: it has up to 100 letters, digits, spaces or"
            " any of '.-_', the first a letter or a digit."
        )
    persons = tuple(sorted({member.strip() for member in members}))
    if not persons or "" in persons:
        raise ConfigurationError("A team has at least one member, and none without a name.")
    return Team(name, persons)


def _not_found(name: str) -> TeamNotFound:
    return TeamNotFound(
        f"There is no team {name!r}; PUT /v1/teams/{{team}} or 'alc-serve teams set' makes one."
    )
