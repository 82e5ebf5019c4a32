"""HTTP of teams; plain functions, because nobody waits for them."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, status

from service.access.actor import Actor, Scope
from service.access.dependencies import require
from service.problems import Problem
from service.state import State
from service.teams.schemas import TeamBody, TeamName, TeamRead, TeamsRead
from service.teams.service import Teams

router = APIRouter(
    prefix="/v1/teams",
    tags=["teams"],
    responses={code: {"model": Problem} for code in (401, 403, 422, 503)},
)

Admin = Annotated[Actor, Depends(require(Scope.ADMIN))]


async def get_teams(state: State) -> Teams:
    """Return the teams of the running app; asynchronous so that it needs no thread."""
    return Teams(state.engine, state.clock)


Known = Annotated[Teams, Depends(get_teams)]


@router.get("", dependencies=[Depends(require(Scope.ADMIN))])
def list_teams(teams: Known) -> TeamsRead:
    """List all teams by name."""
    return TeamsRead.model_validate({"teams": teams.all()})


@router.get(
    "/{team}",
    dependencies=[Depends(require(Scope.ADMIN))],
    responses={404: {"model": Problem}},
)
def get_team(team: TeamName, teams: Known) -> TeamRead:
    """Return a team with its members."""
    return TeamRead.model_validate(teams.find(team))


@router.put("/{team}")
def set_team(team: TeamName, body: TeamBody, teams: Known, admin: Admin) -> TeamRead:
    """Make these the members of a team, and no others; it is made if there is none."""
    return TeamRead.model_validate(teams.put(team, body.members, by=admin.name))


@router.delete(
    "/{team}", status_code=status.HTTP_204_NO_CONTENT, responses={404: {"model": Problem}}
)
def remove_team(team: TeamName, teams: Known, admin: Admin) -> None:
    """Remove a team; what was assigned to it is anybody's from then on."""
    teams.remove(team, by=admin.name)
