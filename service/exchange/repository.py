"""What is exported, in SQL: batches by place, so that each is a short transaction of its own.

A cursor of the server would hold a connection, and old rows from being cleaned, for as long as the
slowest reader takes; places hold nothing, and an export goes on where another one ended.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, cast

from sqlalchemy import (
    Column,
    ColumnElement,
    Connection,
    Row,
    Select,
    Table,
    and_,
    exists,
    func,
    null,
    select,
    text,
    tuple_,
)

from service.database.tables import (
    UNANSWERED,
    Answer,
    Decision,
    LabelSampleRow,
    ReviewTaskRow,
    Stream,
    VerdictRow,
)
from service.exchange.options import Chosen, LabelStream, Place

_tasks = cast("Table", ReviewTaskRow.__table__)
_verdicts = cast("Table", VerdictRow.__table__)
_samples = cast("Table", LabelSampleRow.__table__)
_later = _verdicts.alias("later")

_BOUND = text(
    "select least(clock_timestamp() - interval '100 milliseconds', min(xact_start))"
    " from pg_stat_activity"
    " where datname = current_database() and backend_xid is not null and pid <> pg_backend_pid()"
)
_SAMPLE_FIELDS = (
    "stream",
    "inclusion_probability",
    "threshold",
    "decision",
    "product_id",
    "group_name",
    "bundle_id",
)


def settled_until(connection: Connection) -> datetime:
    """Return a time before which no row will be added any more.

    A row has the time of its statement but is seen when its transaction commits: a reader who goes
    on behind the last row it saw would miss one that commits late. So nothing is shown that is
    younger than the oldest transaction that has written something and not ended, nor of the last
    tenth of a second, in which one may be about to write.
    """
    bound: datetime = connection.execute(_BOUND).scalar_one()
    return bound


def verdicts(
    connection: Connection, chosen: Chosen, after: Place | None, until: datetime, limit: int
) -> Sequence[Row[Any]]:
    """Return up to `limit` verdicts behind a place, oldest first, with their tasks and samples."""
    query = _of_verdicts(
        select(
            _verdicts,
            _tasks.c.kind,
            _tasks.c.state,
            _tasks.c.source,
            _tasks.c.text,
            _tasks.c.attributes,
            _tasks.c.candidates,
            _tasks.c.bundle_id,
            _tasks.c.created_at.label("asked_at"),
            func.coalesce(_tasks.c.verdict_id == _verdicts.c.id, False).label("final"),
            and_(
                _verdicts.c.answer != Answer.WITHDRAWN,
                ~exists().where(_later.c.supersedes == _verdicts.c.id),
            ).label("current"),
            _samples_of_task().label("samples"),
        ),
        chosen,
        until,
    )
    created_at, verdict_id = _verdicts.c.created_at, _verdicts.c.id
    return _batch(connection, query, created_at, verdict_id, after, limit)


def last_verdict(connection: Connection, chosen: Chosen, until: datetime) -> Place | None:
    """Return the place of the last verdict that would be exported."""
    query = _of_verdicts(select(_verdicts.c.created_at, _verdicts.c.id), chosen, until)
    newest = query.order_by(_verdicts.c.created_at.desc(), _verdicts.c.id.desc()).limit(1)
    row = connection.execute(newest).one_or_none()
    return None if row is None else (row.created_at, row.id)


def labels(
    connection: Connection, chosen: Chosen, after: Place | None, until: datetime, limit: int
) -> Sequence[Row[Any]]:
    """Return up to `limit` final labels of a stream behind a place.

    Of what was drawn at random each draw is a label, since a query that is asked often weighs as
    much as it is asked; of reviews each task is one.
    """
    query, unit = _of_labels(chosen, until)
    threshold = null() if chosen.stream is not LabelStream.AUDIT else _samples.c.threshold
    columns = query.add_columns(
        unit.c.created_at.label("placed_at"),
        unit.c.id.label("label_id"),
        threshold.label("threshold"),
        _tasks.c.source,
        _tasks.c.text,
        _tasks.c.attributes,
        _verdicts.c.product_ids,
    )
    return _batch(connection, columns, unit.c.created_at, unit.c.id, after, limit)


def attribute_names(connection: Connection, chosen: Chosen, until: datetime) -> list[str]:
    """Return the names of all attributes that queries of these labels have, in their order."""
    query, _ = _of_labels(chosen, until)
    name = func.jsonb_object_keys(_tasks.c.attributes)
    return sorted(connection.execute(query.add_columns(name).distinct()).scalars())


def tasks(
    connection: Connection, chosen: Chosen, after: Place | None, until: datetime, limit: int
) -> Sequence[Row[Any]]:
    """Return up to `limit` tasks that wait for an answer behind a place, oldest first."""
    query = select(_tasks).where(UNANSWERED, _tasks.c.created_at < until)
    if chosen.since is not None:
        query = query.where(_tasks.c.created_at >= chosen.since)
    if chosen.state is not None:
        query = query.where(_tasks.c.state == chosen.state)
    if chosen.bundle_id is not None:
        query = query.where(_tasks.c.bundle_id == chosen.bundle_id)
    return _batch(connection, query, _tasks.c.created_at, _tasks.c.id, after, limit)


def _of_verdicts(query: Select[Any], chosen: Chosen, until: datetime) -> Select[Any]:
    query = query.join_from(_verdicts, _tasks, _tasks.c.id == _verdicts.c.task_id)
    query = query.where(_verdicts.c.created_at < until)
    if chosen.since is not None:
        query = query.where(_verdicts.c.created_at >= chosen.since)
    if chosen.stream is not None:
        query = query.where(_is_of(chosen.stream))
    if chosen.state is not None:
        query = query.where(_tasks.c.state == chosen.state)
    if chosen.bundle_id is not None:
        query = query.where(_tasks.c.bundle_id == chosen.bundle_id)
    return query


def _of_labels(chosen: Chosen, until: datetime) -> tuple[Select[Any], Table]:
    """Return a select of nothing yet from final labels, and the table of what is one label."""
    # By the task's own id, so that labels are found in their order, whatever their number.
    of_task = and_(_tasks.c.id == _verdicts.c.task_id, _tasks.c.verdict_id == _verdicts.c.id)
    query = select().select_from(_verdicts).join(_tasks, of_task)
    # A person who was unsure has said nothing that could be learnt.
    query = query.where(
        _verdicts.c.answer.in_([Answer.ACCEPTED, Answer.NONE]), _verdicts.c.created_at < until
    )
    if chosen.since is not None:
        query = query.where(_verdicts.c.created_at >= chosen.since)
    if chosen.stream is LabelStream.REVIEW:
        query = query.where(_is_of(LabelStream.REVIEW))
        if chosen.bundle_id is not None:
            query = query.where(_tasks.c.bundle_id == chosen.bundle_id)
        return query, _verdicts
    query = query.join(_samples, _samples.c.task_id == _tasks.c.id)
    query = query.where(_samples.c.stream == Stream(str(chosen.stream)))
    if chosen.bundle_id is not None:
        query = query.where(_samples.c.bundle_id == chosen.bundle_id)
    if chosen.stream is LabelStream.AUDIT:
        # An audit of "no match" was drawn below a threshold, which nothing else here is.
        query = query.where(_samples.c.decision == Decision.AUTO_ACCEPT)
    return query, _samples


def _is_of(stream: LabelStream) -> ColumnElement[bool]:
    drawn = exists().where(_samples.c.task_id == _tasks.c.id)
    if stream is LabelStream.REVIEW:
        return ~drawn
    return drawn.where(_samples.c.stream == Stream(stream.value))


def _samples_of_task() -> ColumnElement[Any]:
    pairs = [part for name in _SAMPLE_FIELDS for part in (text(f"'{name}'"), _samples.c[name])]
    one = func.jsonb_build_object(*pairs)
    in_order = func.jsonb_agg(
        text(
            "one order by stream, created_at, id"
        )  # aggregate_order_by cannot name a subquery's column
    )
    rows = (
        select(one.label("one"), _samples.c.stream, _samples.c.created_at, _samples.c.id)
        .where(_samples.c.task_id == _tasks.c.id)
        .correlate(_tasks)
        .subquery("drawn")
    )
    return func.coalesce(select(in_order).select_from(rows).scalar_subquery(), text("'[]'::jsonb"))


def _batch(
    connection: Connection,
    query: Select[Any],
    created_at: Column[Any] | ColumnElement[Any],
    row_id: Column[Any] | ColumnElement[Any],
    after: Place | None,
    limit: int,
) -> Sequence[Row[Any]]:
    if after is not None:
        query = query.where(tuple_(created_at, row_id) > tuple_(*after))
    return connection.execute(query.order_by(created_at, row_id).limit(limit)).all()
