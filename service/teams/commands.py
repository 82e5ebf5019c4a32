"""The commands `alc-serve teams`."""

from __future__ import annotations

from typing import Annotated

import typer

from service.clock import database_clock
from service.database.events import COMMAND_LINE
from service.database.opening import open_database
from service.settings import load_settings
from service.teams.service import Teams

app = typer.Typer(no_args_is_help=True, help="Say who works together, to assign tasks to them.")

TeamName = Annotated[str, typer.Argument(metavar="TEAM")]


@app.command("list")
def list_teams() -> None:
    """List all teams with their members."""
    with open_database(load_settings()) as engine:
        teams = Teams(engine, database_clock).all()
    for team in teams:
        typer.echo(f"{team.name}  {', '.join(team.members)}")


@app.command("set")
def set_team(
    name: TeamName,
    member: Annotated[list[str], typer.Option(help="A person; repeat for several.")],
) -> None:
    """Make these the members of a team, and no others."""
    with open_database(load_settings()) as engine:
        team = Teams(engine, database_clock).put(name, member, by=COMMAND_LINE)
    typer.echo(f"{team.name}  {', '.join(team.members)}")


@app.command("remove")
def remove_team(name: TeamName) -> None:
    """Remove a team; what was assigned to it is anybody's from then on."""
    with open_database(load_settings()) as engine:
        freed = Teams(engine, database_clock).remove(name, by=COMMAND_LINE)
    typer.echo(f"removed {name}; {freed} tasks are anybody's now")
