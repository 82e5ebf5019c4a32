"""What the endpoints of teams take and give."""

from __future__ import annotations

from typing import Annotated

from pydantic import AfterValidator, Field

from service.schemas import Body, Read, storable
from service.teams.service import NAME_PATTERN

MAX_MEMBERS = 1000

TeamName = Annotated[str, Field(pattern=NAME_PATTERN, description="Letters, digits, spaces, `.-_`")]
Member = Annotated[str, Field(pattern=r"\S", max_length=500), AfterValidator(storable)]


class TeamBody(Body):
    members: Annotated[
        list[Member],
        Field(
            min_length=1,
            max_length=MAX_MEMBERS,
            description="The names of persons, as in their keys and sign-in links",
        ),
    ]


class TeamRead(Read):
    name: str
    members: list[str] = Field(description="In the order of the alphabet")


class TeamsRead(Read):
    teams: list[TeamRead]
