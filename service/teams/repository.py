"""SQL of teams. Nothing here commits: the caller owns the transaction."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import Connection, delete, func, insert, select
from sqlalchemy.dialects.postgresql import aggregate_order_by

from service.review.sql import members as _members


@dataclass(frozen=True, slots=True)
class Team:
    """Persons to whom a task can be given together; there is none without members."""

    name: str
    members: tuple[str, ...]


def list_teams(connection: Connection, only: str | None = None) -> list[Team]:
    """Return all teams by name, or that with this name alone."""
    ordered = aggregate_order_by(_members.c.person, _members.c.person)
    query = select(_members.c.team, func.array_agg(ordered).label("members"))
    if only is not None:
        query = query.where(_members.c.team == only)
    query = query.group_by(_members.c.team).order_by(_members.c.team)
    return [Team(row.team, tuple(row.members)) for row in connection.execute(query)]


def replace_members(connection: Connection, team: str, persons: Collection[str]) -> None:
    """Make these the members of a team, and no others."""
    delete_team(connection, team)
    connection.execute(insert(_members), [{"team": team, "person": one} for one in persons])


def delete_team(connection: Connection, team: str) -> None:
    connection.execute(delete(_members).where(_members.c.team == team))


def lock(connection: Connection, team: str) -> None:
    """Wait until nobody else changes this team, and keep others waiting until the end."""
    key = func.hashtextextended(f"team {team}", 0)
    connection.execute(select(func.pg_advisory_xact_lock(key)))
