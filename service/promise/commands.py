"""The commands `alc-serve promise`; they load the bundle only when one of them is run."""

from __future__ import annotations

from typing import Annotated

import typer

from service.database.tables import Decision
from service.settings import load_settings

COMMAND_LINE = "command line"  # the person of what is done here

app = typer.Typer(no_args_is_help=True, help="Restore and renew the promise of the bundle.")


@app.command()
def restore(
    reason: Annotated[str, typer.Option(help="Why the certified thresholds hold again; kept.")],
    group: Annotated[
        str | None,
        typer.Option(help="Only this group; '' is all queries without a threshold of their own."),
    ] = None,
) -> None:
    """Let certified thresholds apply again that audits had spoken against."""
    from service.promise.opening import open_promise

    with open_promise(load_settings()) as promise:
        restored = promise.restore(group, person=COMMAND_LINE, reason=reason)
    for part in restored:
        typer.echo(f"{_part(part.decision, part.group)}: {_threshold(part.threshold)}")


def _part(decision: Decision, group: str | None) -> str:
    whose = "all other queries" if group is None else f"group {group}"
    return f"{decision.value}, {whose}"


def _threshold(threshold: float | None) -> str:
    return "nothing is automated" if threshold is None else f"from {threshold:g}"
