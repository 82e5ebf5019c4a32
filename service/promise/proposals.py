"""SQL of proposals: thresholds that people's labels certify, activated by an admin or not."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast
from uuid import UUID

from pydantic import TypeAdapter
from sqlalchemy import Connection, Row, Table, insert, select, update

from models.thresholds import Promise
from service.clock import SqlClock
from service.database.tables import Decision, PromiseProposalRow
from service.promise.certified import Certified

_proposals = cast("Table", PromiseProposalRow.__table__)


@dataclass(frozen=True, slots=True)
class Evidence:
    """What a proposal was certified on.

    Labels by stream, verdicts left out by reason, and of other queries, which are not labelled, how
    many the thresholds would accept: `automation_coverage` with its interval. `no_match` says
    whether that promise was certified anew; otherwise it is what it was before.
    """

    calibration_labels: int
    audit_labels: int
    left_out: Mapping[str, int]
    queries: int
    automation_coverage: float
    interval: tuple[float, float]
    no_match: bool


_EVIDENCE = TypeAdapter(Evidence)


@dataclass(frozen=True, slots=True)
class Proposal:
    """Thresholds with their evidence; None until they are activated."""

    id: UUID
    bundle_id: str
    certified: Certified
    evidence: Evidence
    created_at: datetime
    created_by: str
    activated_at: datetime | None
    activated_by: str | None

    @property
    def promises(self) -> Sequence[tuple[Decision, Promise]]:
        """Return each part with a threshold of its own that was certified anew."""
        promise, no_match = self.certified.promise, self.certified.no_match
        parts = [(Decision.AUTO_ACCEPT, one) for one in (promise, *promise.groups)]
        if no_match is not None and self.evidence.no_match:
            parts.append((Decision.NO_MATCH, no_match))
        return parts

    @property
    def renewed(self) -> frozenset[Decision]:
        """Return the kinds of answers whose promise was certified anew."""
        return frozenset(decision for decision, _ in self.promises)


def insert_proposal(
    connection: Connection,
    clock: SqlClock,
    proposal_id: UUID,
    bundle_id: str,
    certified: Certified,
    evidence: Evidence,
    person: str,
) -> Proposal:
    statement = insert(_proposals).values(
        id=proposal_id,
        bundle_id=bundle_id,
        target_precision=certified.promise.target_precision,
        promise=certified.to_json(),
        evidence=_EVIDENCE.dump_python(evidence, mode="json"),
        created_at=clock(),
        created_by=person,
    )
    return _proposal(connection.execute(statement.returning(*_proposals.c)).one())


def get_proposal(connection: Connection, proposal_id: UUID) -> Proposal | None:
    """Return a proposal, for update."""
    query = select(_proposals).where(_proposals.c.id == proposal_id).with_for_update()
    row = connection.execute(query).one_or_none()
    return None if row is None else _proposal(row)


def list_proposals(connection: Connection, bundle_id: str, limit: int) -> list[Proposal]:
    """Return the newest proposals of a bundle, newest first."""
    query = (
        select(_proposals)
        .where(_proposals.c.bundle_id == bundle_id)
        .order_by(_proposals.c.created_at.desc(), _proposals.c.id.desc())
        .limit(limit)
    )
    return [_proposal(row) for row in connection.execute(query)]


def mark_activated(
    connection: Connection, clock: SqlClock, proposal_id: UUID, person: str
) -> Proposal:
    statement = update(_proposals).where(_proposals.c.id == proposal_id)
    change = statement.values(activated_at=clock(), activated_by=person)
    return _proposal(connection.execute(change.returning(*_proposals.c)).one())


def _proposal(row: Row[Any]) -> Proposal:
    return Proposal(
        id=row.id,
        bundle_id=row.bundle_id,
        certified=Certified.from_json(row.promise),
        evidence=_EVIDENCE.validate_python(row.evidence),
        created_at=row.created_at,
        created_by=row.created_by,
        activated_at=row.activated_at,
        activated_by=row.activated_by,
    )
