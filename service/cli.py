"""The command `alc-serve`."""

from __future__ import annotations

import sys
from datetime import timedelta
from pathlib import Path
from typing import Annotated

import orjson
import typer

from models.errors import AlcError
from service.access import service as access
from service.access.actor import Scope
from service.access.tokens import ApiKey
from service.clock import database_clock
from service.database.events import COMMAND_LINE
from service.database.opening import open_database
from service.exchange.commands import app as reviews
from service.promise.commands import app as promise
from service.settings import load_settings, unknown_variables
from service.teams.commands import app as teams

EXIT_ERROR = 2
TIME = "%Y-%m-%d %H:%M"

app = typer.Typer(no_args_is_help=True, add_completion=False, help="Serve a bundle.")
keys = typer.Typer(no_args_is_help=True, help="Make, list and revoke API keys.")
app.add_typer(keys, name="keys")
app.add_typer(promise, name="promise")
app.add_typer(reviews, name="reviews")
app.add_typer(teams, name="teams")

Name = Annotated[str, typer.Option(help="Who it is for; the source of its queries.")]


def main() -> None:
    """Run the command line; an error that was foreseen is one line and exit status 2."""
    try:
        app()
    except AlcError as error:
        typer.echo(f"error: {error}", err=True)
        sys.exit(EXIT_ERROR)


@app.command()
def run() -> None:
    """Serve HTTP until Ctrl-C or SIGTERM."""
    from service.server import serve  # here, because the other commands need not wait for it

    settings = load_settings()
    _warn_about_unknown_variables()
    serve(settings)


@app.command()
def demo() -> None:
    """Serve like `run`, and print how to try it: a key, a request, a sign-in link."""
    from service.demo import announcement  # here for the same reason as in `run`
    from service.server import serve

    loaded = load_settings()
    _warn_about_unknown_variables()
    serve(
        loaded,
        lambda served, engine, bundle: typer.echo(
            announcement(served, engine, database_clock, bundle)
        ),
    )


@app.command()
def settings() -> None:
    """Print the settings in force; secrets are hidden."""
    loaded = load_settings()
    _warn_about_unknown_variables()
    typer.echo(orjson.dumps(loaded.redacted(), option=orjson.OPT_INDENT_2).decode())


@app.command()
def openapi(path: Annotated[Path, typer.Argument()] = Path("docs/openapi.json")) -> None:
    """Write the OpenAPI document."""
    from service.document import write_openapi  # here for the same reason as in `run`

    write_openapi(path)
    typer.echo(f"wrote {path}")


@app.command()
def sign_in_link(
    name: Annotated[str, typer.Option(help="The person who will sign in.")],
    scope: Annotated[list[Scope], typer.Option(help="Repeat for several.")] = [Scope.REVIEW],  # noqa: B006
    base_url: Annotated[str | None, typer.Option(help="Where the service is reached.")] = None,
) -> None:
    """Print a link that signs a person in to the review page, once."""
    loaded = load_settings()
    lasts = timedelta(minutes=loaded.sign_in_link_minutes)
    with open_database(loaded) as engine:
        token = access.create_sign_in_link(
            engine, database_clock, name, list(scope), lasts, by=COMMAND_LINE
        )
    typer.echo(f"{base_url or loaded.local_url}/sign-in/{token}")


@keys.command("create")
def create_key(
    name: Name,
    scope: Annotated[list[Scope], typer.Option(help="Repeat for several.")],
    key_file: Annotated[
        Path | None, typer.Option(help="Write the key here, readable by you alone.")
    ] = None,
) -> None:
    """Make a key and show it, this once: only its hash is stored."""
    key = ApiKey.random()
    with open_database(load_settings()) as engine:
        access.create_key(engine, database_clock, key, name, list(scope), by=COMMAND_LINE)
    if key_file is None:
        typer.echo(str(key))
        return
    key_file.parent.mkdir(parents=True, exist_ok=True)
    key_file.unlink(missing_ok=True)
    key_file.touch(mode=0o600)
    key_file.write_text(f"{key}\n")
    typer.echo(f"wrote {key_file}")


@keys.command("list")
def list_keys() -> None:
    """List all keys without their secrets."""
    with open_database(load_settings()) as engine:
        stored = access.list_keys(engine)
    for key in stored:
        state = "active" if key.revoked_at is None else f"revoked {key.revoked_at:{TIME}}"
        scopes = ",".join(key.scopes)
        typer.echo(f"{key.id}  {key.created_at:{TIME}}  {state}  {scopes}  {key.name}")


@keys.command("revoke")
def revoke_key(key_id: Annotated[str, typer.Argument(metavar="ID")]) -> None:
    """End a key for good."""
    with open_database(load_settings()) as engine:
        access.revoke_key(engine, database_clock, key_id, by=COMMAND_LINE)
    typer.echo(f"revoked {key_id}")


def _warn_about_unknown_variables() -> None:
    for name in unknown_variables():
        typer.echo(f"warning: {name} is set, but there is no such setting", err=True)
