"""The tables. The database is the state machine: enums, checks, partial unique indexes."""

from __future__ import annotations

import enum
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    DateTime,
    Enum,
    ForeignKey,
    Identity,
    Index,
    LargeBinary,
    MetaData,
    Text,
    UniqueConstraint,
)
from sqlalchemy import text as sql_text
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}


class Base(DeclarativeBase):
    metadata = MetaData(naming_convention=NAMING)
    type_annotation_map = {  # noqa: RUF012 - SQLAlchemy reads a plain dictionary
        datetime: DateTime(timezone=True),
        str: Text(),
        bytes: LargeBinary(),
        dict[str, Any]: JSONB(),
        list[dict[str, Any]]: JSONB(),
        list[str]: ARRAY(Text()),
    }


class Decision(enum.StrEnum):
    """What the service did with a query."""

    AUTO_ACCEPT = "auto_accept"
    MANUAL_REVIEW = "manual_review"
    VERIFIED = "verified"


class TaskKind(enum.StrEnum):
    """Why a task exists."""

    REVIEW = "review"
    AUDIT = "audit"


class TaskState(enum.StrEnum):
    """Where a task is; a leased task whose lease has ended can be claimed again."""

    OPEN = "open"
    LEASED = "leased"
    ANSWERED = "answered"


class Answer(enum.StrEnum):
    """What a person said about a task."""

    ACCEPTED = "accepted"
    NONE = "none"
    UNSURE = "unsure"


def _values(members: type[enum.Enum]) -> list[str]:
    return [member.value for member in members]


class ApiKeyRow(Base):
    __tablename__ = "api_keys"

    id: Mapped[str] = mapped_column(primary_key=True)  # the public prefix of the key
    name: Mapped[str]  # who calls; the `source` of the queries sent with it
    secret_sha256: Mapped[bytes]
    scopes: Mapped[list[str]]
    created_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]


class SignInLinkRow(Base):
    __tablename__ = "sign_in_links"

    token_sha256: Mapped[bytes] = mapped_column(primary_key=True)
    person: Mapped[str]
    scopes: Mapped[list[str]]
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]


class SessionRow(Base):
    __tablename__ = "sessions"

    token_sha256: Mapped[bytes] = mapped_column(primary_key=True)
    person: Mapped[str]
    scopes: Mapped[list[str]]
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]


class ReviewTaskRow(Base):
    __tablename__ = "review_tasks"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    kind: Mapped[TaskKind] = mapped_column(
        Enum(TaskKind, name="task_kind", values_callable=_values)
    )
    state: Mapped[TaskState] = mapped_column(
        Enum(TaskState, name="task_state", values_callable=_values)
    )
    source: Mapped[str]
    query_key: Mapped[bytes]  # see service/recommend/keys.py: same text and source, same key
    text: Mapped[str]
    attributes: Mapped[dict[str, Any]]
    # product_id, title, score, rank, and probability, which tasks of an older release lack
    candidates: Mapped[list[dict[str, Any]]]
    bundle_id: Mapped[str]
    times_asked: Mapped[int]
    times_skipped: Mapped[int]
    created_at: Mapped[datetime]
    last_asked_at: Mapped[datetime]
    lease_token: Mapped[UUID | None]
    lease_owner: Mapped[str | None]
    lease_until: Mapped[datetime | None]
    answered_at: Mapped[datetime | None]

    __table_args__ = (
        CheckConstraint(
            "(state = 'leased') = (lease_token is not null and lease_owner is not null"
            " and lease_until is not null)",
            name="leased_has_lease",
        ),
        CheckConstraint(
            "(state = 'answered') = (answered_at is not null)", name="answered_has_time"
        ),
        CheckConstraint("times_asked >= 1", name="asked_at_least_once"),
        Index(
            "uq_review_tasks_unanswered_query",
            "query_key",
            "kind",
            unique=True,
            postgresql_where=sql_text("state in ('open', 'leased')"),
        ),
        Index(
            "ix_review_tasks_claim_order",
            "times_skipped",
            "created_at",
            "id",
            postgresql_where=sql_text("state in ('open', 'leased')"),
        ),
        Index("ix_review_tasks_query_key", "query_key"),
        Index("ix_review_tasks_created_at_id", "created_at", "id"),
    )


class VerdictRow(Base):
    """Append-only: what people said."""

    __tablename__ = "verdicts"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    task_id: Mapped[UUID] = mapped_column(ForeignKey("review_tasks.id"))
    answer: Mapped[Answer] = mapped_column(Enum(Answer, name="answer", values_callable=_values))
    product_ids: Mapped[list[str]]
    comment: Mapped[str | None]
    person: Mapped[str]
    created_at: Mapped[datetime]

    __table_args__ = (
        UniqueConstraint("task_id"),
        CheckConstraint(
            "(answer = 'accepted') = (cardinality(product_ids) > 0)", name="accepted_has_products"
        ),
    )


class DecisionRow(Base):
    """Append-only: what the service decided."""

    __tablename__ = "decisions"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    decision: Mapped[Decision] = mapped_column(
        Enum(Decision, name="decision", values_callable=_values)
    )
    source: Mapped[str]
    query_id: Mapped[str | None]  # the caller's own id
    query_key: Mapped[bytes]
    text: Mapped[str]
    bundle_id: Mapped[str]
    product_id: Mapped[str | None]  # the best candidate, whether accepted or not
    score: Mapped[float | None]
    probability: Mapped[float | None]  # null where the score decided
    target_precision: Mapped[float]
    threshold: Mapped[float | None]
    review_task_id: Mapped[UUID | None] = mapped_column(ForeignKey("review_tasks.id"))
    created_at: Mapped[datetime]

    __table_args__ = (
        CheckConstraint(
            "(decision = 'manual_review') <= (review_task_id is not null)", name="review_has_task"
        ),
        CheckConstraint(
            "decision <> 'auto_accept' or (threshold is not null and product_id is not null)",
            name="accepted_has_threshold",
        ),
        CheckConstraint("probability between 0 and 1", name="probability_is_possible"),
        Index("ix_decisions_created_at", "created_at"),
    )


class EventRow(Base):
    """One row for every change of state, written in the same transaction."""

    __tablename__ = "events"

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    at: Mapped[datetime]
    subject: Mapped[str]  # "review_task", "api_key", "bundle", ...
    subject_id: Mapped[str]
    kind: Mapped[str]  # "created", "claimed", "renewed", "released", "answered", ...
    actor: Mapped[str]
    details: Mapped[dict[str, Any]]

    __table_args__ = (Index("ix_events_subject_subject_id", "subject", "subject_id"),)
