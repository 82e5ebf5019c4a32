"""The commands `alc-serve promise`; they load the bundle only when one of them is run."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated
from uuid import UUID

import typer

from service.database.events import COMMAND_LINE
from service.database.tables import Decision
from service.settings import load_settings

if TYPE_CHECKING:
    from models.thresholds import Promise
    from service.promise.proposals import Proposal

MOST_LISTED = 20
TIME = "%Y-%m-%d %H:%M"

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


@app.command()
def recalibrate() -> None:
    """Certify thresholds on the labels that people have given; nothing changes until `activate`."""
    from service.promise.opening import open_promise

    with open_promise(load_settings()) as promise:
        proposal = promise.recalibrate(COMMAND_LINE)
    typer.echo("\n".join(_described(proposal)))


@app.command()
def proposals() -> None:
    """List the last proposals for the bundle, newest first, with their evidence."""
    from service.promise.opening import open_promise

    with open_promise(load_settings()) as promise:
        found = promise.proposals(MOST_LISTED)
    for proposal in found:
        typer.echo("\n".join(_described(proposal)))


@app.command()
def activate(
    proposal_id: Annotated[UUID, typer.Argument(metavar="ID")],
    accept_stops: Annotated[
        bool,
        typer.Option(
            "--accept-stops",
            help="Also when it stops what is automated now, or promises nothing.",
        ),
    ] = False,
) -> None:
    """Let the thresholds of a proposal decide; what was tightened before ends."""
    from service.promise.opening import open_promise

    with open_promise(load_settings()) as promise:
        proposal = promise.activate(proposal_id, person=COMMAND_LINE, accept_stops=accept_stops)
    typer.echo("\n".join(_described(proposal)))


def _described(proposal: Proposal) -> Iterator[str]:
    evidence = proposal.evidence
    low, high = evidence.interval
    state = (
        "not activated"
        if proposal.activated_at is None
        else f"activated {proposal.activated_at:{TIME}} by {proposal.activated_by}"
    )
    target = f"precision {proposal.certified.promise.target_precision:g}"
    yield f"{proposal.id}  {proposal.created_at:{TIME}}  {target}  {state}"
    left_out = ", ".join(f"{count} {reason}" for reason, count in evidence.left_out.items())
    yield (
        f"  labels: {evidence.calibration_labels} calibration, {evidence.audit_labels} audit;"
        f" left out: {left_out or 'none'}"
    )
    for decision, part in proposal.promises:
        yield f"  {_part(decision, part.group)}: {_evidence(part)}"
    yield (
        f"  automation coverage to expect: {evidence.automation_coverage:.1%}"
        f" ({low:.1%} to {high:.1%}, of {evidence.queries} queries)"
    )


def _evidence(promise: Promise) -> str:
    counts = f"{promise.errors:g} of {promise.accepted} accepted labels were wrong"
    if promise.threshold is not None:
        return f"{_threshold(promise.threshold)}; {counts}"
    if promise.labels_needed is None:
        return f"cannot promise; {counts}, and more labels alone would not help"
    return f"cannot promise; {counts}, at least {promise.labels_needed} more labels are needed"


def _part(decision: Decision, group: str | None) -> str:
    whose = "all other queries" if group is None else f"group {group}"
    return f"{decision.value}, {whose}"


def _threshold(threshold: float | None) -> str:
    return "nothing is automated" if threshold is None else f"from {threshold:g}"
