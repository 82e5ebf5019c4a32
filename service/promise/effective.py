"""The promise in force: as it was certified, less what was taken back since.

Whoever decides reads it in the transaction in which the decision is recorded, so that every
replica obeys a broken promise with its next batch.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, cast
from uuid import UUID

from sqlalchemy import Connection, Select, Table, bindparam, func, select

from models.bundle.bundle import Bundle
from models.thresholds import Promise
from service.database.tables import Decision, PromiseOverrideRow, PromiseProposalRow
from service.promise.certified import Certified, certified_by

REMAINDER = ""
"""How the database names all queries without a group of their own; elsewhere that is None."""

Part = tuple[Decision, str | None]
"""What has a threshold of its own: a decision, and a group or all other queries (None)."""

MAX_PROPOSALS = 64

_overrides = cast("Table", PromiseOverrideRow.__table__)
_proposals = cast("Table", PromiseProposalRow.__table__)
_remembered: dict[UUID, Certified] = {}  # a proposal never changes


@dataclass(frozen=True, slots=True)
class Effective:
    """The thresholds by which queries are decided now.

    `tightened` has the parts whose threshold is stricter than it was certified, or gone, because
    audits spoke against it. `certified` is what they would be otherwise, and `proposal_id` the
    activated proposal that it is of, None where it is the bundle's own.
    """

    promise: Promise
    no_match: Promise | None
    tightened: frozenset[Part]
    certified: Certified
    proposal_id: UUID | None = None


_Overrides = frozenset[tuple[str, str, float | None]]  # decision, group, threshold, as stored


def read_effective(connection: Connection, bundle: Bundle, target_precision: float) -> Effective:
    """Return the promise in force of a bundle and target.

    That is the newest activated proposal or else the bundle's own, made stricter by every override
    that is not lifted: the strictest holds, and none makes anything looser. It takes one statement,
    and a second one the first time that a proposal is met. Raises BundleError where the bundle has
    no such target.
    """
    given = {"bundle_id": bundle.bundle_id, "target_precision": target_precision}
    found = connection.execute(_IN_FORCE, given).one()
    overrides = frozenset((decision, group, height) for decision, group, height in found.overrides)
    if found.proposal_id is None:
        return _effective(certified_by(bundle, target_precision), None, overrides)
    return _effective(_proposed(connection, found.proposal_id), found.proposal_id, overrides)


def _in_force() -> Select[Any]:
    """Return one row: the id of the proposal in force, or null, and all overrides as JSON."""
    newest = (
        select(_proposals.c.id)
        .where(
            _proposals.c.bundle_id == bindparam("bundle_id"),
            _proposals.c.target_precision == bindparam("target_precision"),
            _proposals.c.activated_at.is_not(None),
        )
        .order_by(_proposals.c.activated_at.desc(), _proposals.c.id.desc())
        .limit(1)
    )
    each = func.json_build_array(
        _overrides.c.decision, _overrides.c.group_name, _overrides.c.threshold
    )
    overrides = select(func.coalesce(func.json_agg(each), func.json_build_array())).where(
        _overrides.c.bundle_id == bindparam("bundle_id"), _overrides.c.lifted_at.is_(None)
    )
    return select(
        newest.scalar_subquery().label("proposal_id"),
        overrides.scalar_subquery().label("overrides"),
    )


_IN_FORCE = _in_force()  # made once: building it anew would cost more than running it


def _proposed(connection: Connection, proposal_id: UUID) -> Certified:
    if proposal_id not in _remembered:
        if len(_remembered) >= MAX_PROPOSALS:
            _remembered.clear()
        query = select(_proposals.c.promise).where(_proposals.c.id == proposal_id)
        _remembered[proposal_id] = Certified.from_json(connection.execute(query).scalar_one())
    return _remembered[proposal_id]


@lru_cache(maxsize=64)
def _effective(certified: Certified, proposal_id: UUID | None, overrides: _Overrides) -> Effective:
    promise, tightened = _tightened(certified.promise, overrides, Decision.AUTO_ACCEPT)
    if certified.no_match is None:
        return Effective(promise, None, tightened, certified, proposal_id)
    no_match, also = _tightened(certified.no_match, overrides, Decision.NO_MATCH)
    return Effective(promise, no_match, tightened | also, certified, proposal_id)


def _tightened(
    promise: Promise, overrides: _Overrides, decision: Decision
) -> tuple[Promise, frozenset[Part]]:
    """Return the promise with the strictest threshold of each group, and which have changed."""
    before = thresholds_of(promise)
    after = dict(before)
    for given, group_name, threshold in overrides:
        group = group_of(group_name)
        if given == decision and group in after:
            after[group] = stricter(decision, after[group], threshold)
    changed = frozenset((decision, group) for group in after if after[group] != before[group])
    return (promise.with_thresholds(after) if changed else promise), changed


def thresholds_of(promise: Promise) -> Mapping[str | None, float | None]:
    """Return the threshold of each group, None being all other queries."""
    return {None: promise.threshold, **{one.group: one.threshold for one in promise.groups}}


def stricter(decision: Decision, one: float | None, other: float | None) -> float | None:
    """Return the stricter of two thresholds; None, nothing at all, is the strictest.

    "No match" is said at or below its threshold, so there the lower one is stricter.
    """
    if one is None or other is None:
        return None
    return min(one, other) if decision is Decision.NO_MATCH else max(one, other)


def group_of(group_name: str) -> str | None:
    """Return the group that the database calls so."""
    return None if group_name == REMAINDER else group_name


def name_of(group: str | None) -> str:
    """Return what the database calls a group."""
    return REMAINDER if group is None else group
