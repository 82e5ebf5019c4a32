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
        list[int]: ARRAY(BigInteger()),
    }


class Decision(enum.StrEnum):
    """What the service did with a query."""

    AUTO_ACCEPT = "auto_accept"
    MANUAL_REVIEW = "manual_review"
    VERIFIED = "verified"
    NO_MATCH = "no_match"

    @property
    def is_automatic(self) -> bool:
        """Return whether it is an answer that no person has seen."""
        return self in (Decision.AUTO_ACCEPT, Decision.NO_MATCH)


class Stream(enum.StrEnum):
    """Why the label of a decision is representative: the decision was drawn at random for it.

    Labels of tasks that were opened because a score was low have no stream; they prove nothing
    about what is accepted.
    """

    AUDIT = "audit"  # drawn from what was answered without a person
    CALIBRATION = "calibration"  # drawn from everything


class TaskKind(enum.StrEnum):
    """Why a task was opened: its query waits for the answer, or was answered and is checked."""

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
    threshold: Mapped[float | None]  # the one that applied to this query
    group_name: Mapped[str | None]  # null: without a threshold of its own
    calibrated_probability: Mapped[float | None]
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
        CheckConstraint(
            "calibrated_probability between 0 and 1", name="calibrated_probability_is_possible"
        ),
        CheckConstraint(
            "decision::text <> 'no_match' or threshold is not null", name="no_match_has_threshold"
        ),
        Index("ix_decisions_created_at", "created_at"),
    )


class LabelSampleRow(Base):
    """Append-only: the decisions that were drawn at random to be labelled by a person.

    Whether a decision was right is what the verdict of its task says about its product.
    """

    __tablename__ = "label_samples"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    stream: Mapped[Stream] = mapped_column(Enum(Stream, name="stream", values_callable=_values))
    decision_id: Mapped[UUID] = mapped_column(ForeignKey("decisions.id"))
    task_id: Mapped[UUID] = mapped_column(ForeignKey("review_tasks.id"))
    inclusion_probability: Mapped[float]
    bundle_id: Mapped[str]
    group_name: Mapped[str | None]
    decision: Mapped[Decision] = mapped_column(
        Enum(Decision, name="decision", values_callable=_values)
    )
    product_id: Mapped[str | None]  # the best candidate
    deciding: Mapped[float | None]  # its score, or its probability where a decider decides
    threshold: Mapped[float | None]  # the one that applied
    created_at: Mapped[datetime]

    __table_args__ = (
        UniqueConstraint("decision_id", "stream"),
        CheckConstraint(
            "inclusion_probability > 0 and inclusion_probability <= 1",
            name="inclusion_is_possible",
        ),
        CheckConstraint(
            "stream <> 'audit' or decision::text in ('auto_accept', 'no_match')",
            name="audits_are_of_automatic_answers",
        ),
        Index("ix_label_samples_task_id", "task_id"),
        Index("ix_label_samples_bundle_id_created_at", "bundle_id", "created_at"),
    )


class PromiseWatchRow(Base):
    """The audits of one threshold of one bundle and group, and what they say so far.

    `group_name` is '' for all queries without a group of their own. There is one watch without an
    end for each target, decision and group of a bundle; it ends when its threshold does.
    """

    __tablename__ = "promise_watches"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    bundle_id: Mapped[str]
    decision: Mapped[Decision] = mapped_column(
        Enum(Decision, name="decision", values_callable=_values)
    )
    group_name: Mapped[str]
    target_precision: Mapped[float]
    threshold: Mapped[float]
    state: Mapped[dict[str, Any]]  # of models.monitoring
    audits: Mapped[int]
    errors: Mapped[int]
    unsure: Mapped[int]
    precision: Mapped[float | None]
    lower_bound: Mapped[float]
    upper_bound: Mapped[float]
    evidence: Mapped[float]
    started_at: Mapped[datetime]
    updated_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    end_reason: Mapped[str | None]  # "breach", "restored", "recalibrated", "replaced"

    __table_args__ = (
        CheckConstraint("(ended_at is null) = (end_reason is null)", name="end_has_reason"),
        Index(
            "uq_promise_watches_open",
            "bundle_id",
            "target_precision",
            "decision",
            "group_name",
            unique=True,
            postgresql_where=sql_text("ended_at is null"),
        ),
    )


class PromiseEstimateRow(Base):
    """Append-only: what a watch said after each audit, in the order in which they counted.

    A sample has such a row where its verdict was counted, an unsure one too; once at most.
    """

    __tablename__ = "promise_estimates"

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    watch_id: Mapped[UUID] = mapped_column(ForeignKey("promise_watches.id"))
    sample_id: Mapped[UUID] = mapped_column(ForeignKey("label_samples.id"))
    at: Mapped[datetime]
    audits: Mapped[int]
    errors: Mapped[int]
    precision: Mapped[float | None]
    lower_bound: Mapped[float]
    upper_bound: Mapped[float]
    evidence: Mapped[float]

    __table_args__ = (
        UniqueConstraint("sample_id"),
        Index("ix_promise_estimates_watch_id_id", "watch_id", "id"),
    )


class PromiseOverrideRow(Base):
    """A threshold that was raised because its promise broke; null: nothing is automated.

    It holds until a person lifts it. The newest that is not lifted applies.
    """

    __tablename__ = "promise_overrides"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    bundle_id: Mapped[str]
    decision: Mapped[Decision] = mapped_column(
        Enum(Decision, name="decision", values_callable=_values)
    )
    group_name: Mapped[str]
    threshold_before: Mapped[float]
    threshold: Mapped[float | None]
    watch_id: Mapped[UUID] = mapped_column(ForeignKey("promise_watches.id"))
    created_at: Mapped[datetime]
    lifted_at: Mapped[datetime | None]
    lifted_by: Mapped[str | None]
    lift_reason: Mapped[str | None]

    __table_args__ = (
        CheckConstraint(
            "(lifted_at is null) = (lifted_by is null)"
            " and (lifted_at is null) = (lift_reason is null)",
            name="lift_has_person_and_reason",
        ),
        Index(
            "ix_promise_overrides_in_force",
            "bundle_id",
            postgresql_where=sql_text("lifted_at is null"),
        ),
    )


class PromiseProposalRow(Base):
    """Thresholds that people's labels certify; they apply once an admin activates them."""

    __tablename__ = "promise_proposals"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    bundle_id: Mapped[str]
    target_precision: Mapped[float]
    promise: Mapped[dict[str, Any]]  # service.promise.certified.Certified
    evidence: Mapped[dict[str, Any]]
    created_at: Mapped[datetime]
    created_by: Mapped[str]
    activated_at: Mapped[datetime | None]
    activated_by: Mapped[str | None]

    __table_args__ = (
        CheckConstraint(
            "(activated_at is null) = (activated_by is null)", name="activation_has_person"
        ),
        Index(
            "ix_promise_proposals_active",
            "bundle_id",
            "activated_at",
            postgresql_where=sql_text("activated_at is not null"),
        ),
    )


class TrafficHourRow(Base):
    """What the queries of one hour looked like, added up over all replicas."""

    __tablename__ = "traffic_hours"

    bundle_id: Mapped[str] = mapped_column(primary_key=True)
    hour: Mapped[datetime] = mapped_column(primary_key=True)
    queries: Mapped[int] = mapped_column(BigInteger)
    score_counts: Mapped[list[int]]  # by bin of the bundle's reference
    ngrams: Mapped[int] = mapped_column(BigInteger)
    unseen_ngrams: Mapped[int] = mapped_column(BigInteger)
    truncated: Mapped[int] = mapped_column(BigInteger)


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
