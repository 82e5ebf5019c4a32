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
    SmallInteger,
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


# Of tasks: by times, since an index cannot name a value that its own migration adds to an enum.
UNANSWERED = sql_text("answered_at is null and closed_at is null")

# Of these, what nobody holds: leased tasks would fill the front of the order of claims.
FREE = sql_text(f"{UNANSWERED.text} and lease_token is null")


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
    ANSWERED = "answered"  # it has its final verdict
    ADJUDICATE = "adjudicate"  # two people disagree; a third decides
    CLOSED = "closed"  # it ended without a final verdict


class TaskStage(enum.StrEnum):
    """What the next verdict on a task is."""

    OPINION = "opinion"
    ADJUDICATION = "adjudication"


class Ruling(enum.StrEnum):
    """Whether a product may be accepted for a text without a person."""

    BLOCKED = "blocked"
    ALLOWED = "allowed"


class DeliveryState(enum.StrEnum):
    """Whether a webhook's receiver knows of an event."""

    PENDING = "pending"
    DELIVERED = "delivered"
    DEAD = "dead"  # tried as often as the settings say; only an admin tries it again


class Answer(enum.StrEnum):
    """What a person said about a task."""

    ACCEPTED = "accepted"
    NONE = "none"
    UNSURE = "unsure"
    WITHDRAWN = "withdrawn"  # takes back the verdict that it supersedes


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
    leased_at: Mapped[datetime | None]
    answered_at: Mapped[datetime | None]
    stage: Mapped[TaskStage] = mapped_column(
        Enum(TaskStage, name="task_stage", values_callable=_values)
    )
    opinions_wanted: Mapped[int] = mapped_column(SmallInteger)
    priority: Mapped[int] = mapped_column(SmallInteger)  # the caller's, 0 to 9
    due_at: Mapped[datetime]  # the order of claims: created_at less a head start
    assigned_to: Mapped[str | None]  # a person, or "team:<name>"
    expires_at: Mapped[datetime | None]
    closed_at: Mapped[datetime | None]
    close_reason: Mapped[str | None]
    # The final one; a foreign key that is checked at commit, since each row names the other.
    verdict_id: Mapped[UUID | None] = mapped_column(
        ForeignKey("verdicts.id", deferrable=True, initially="DEFERRED", use_alter=True)
    )

    __table_args__ = (
        CheckConstraint(
            "(state = 'leased') = (lease_token is not null and lease_owner is not null"
            " and lease_until is not null)",
            name="leased_has_lease",
        ),
        CheckConstraint(
            "(state = 'answered') = (answered_at is not null)", name="answered_has_time"
        ),
        CheckConstraint(
            "(state = 'answered') = (verdict_id is not null)", name="answered_has_verdict"
        ),
        CheckConstraint(
            "(state::text = 'closed') = (closed_at is not null)"
            " and (closed_at is null) = (close_reason is null)",
            name="closed_has_time_and_reason",
        ),
        CheckConstraint("opinions_wanted between 1 and 2", name="one_or_two_opinions"),
        CheckConstraint("priority between 0 and 9", name="priority_is_a_digit"),
        CheckConstraint("times_asked >= 1", name="asked_at_least_once"),
        Index(
            "uq_review_tasks_unanswered_query",
            "query_key",
            unique=True,
            postgresql_where=UNANSWERED,
        ),
        Index(
            "ix_review_tasks_claim_order",
            "times_skipped",
            "due_at",
            "id",
            postgresql_where=FREE,
        ),
        Index(
            "ix_review_tasks_attributes",
            "attributes",
            postgresql_using="gin",
            postgresql_where=UNANSWERED,
        ),
        Index(
            "ix_review_tasks_lease_until",
            "lease_until",
            postgresql_where=sql_text("lease_until is not null"),
        ),
        Index(
            "ix_review_tasks_expires_at",
            "expires_at",
            postgresql_where=sql_text(f"expires_at is not null and {UNANSWERED.text}"),
        ),
        Index(
            "ix_review_tasks_assigned_to",
            "assigned_to",
            postgresql_where=sql_text(f"assigned_to is not null and {UNANSWERED.text}"),
        ),
        Index("ix_review_tasks_query_key", "query_key"),
        Index("ix_review_tasks_created_at_id", "created_at", "id"),
        Index("ix_review_tasks_state_created_at_id", "state", "created_at", "id"),
    )


class VerdictRow(Base):
    """Append-only: what people said. Current is what no other verdict supersedes."""

    __tablename__ = "verdicts"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    task_id: Mapped[UUID] = mapped_column(ForeignKey("review_tasks.id"))
    stage: Mapped[TaskStage] = mapped_column(
        Enum(TaskStage, name="task_stage", values_callable=_values)
    )
    supersedes: Mapped[UUID | None] = mapped_column(ForeignKey("verdicts.id"))
    origin: Mapped[str]  # "queue", "import" or "bulk"
    bulk_id: Mapped[UUID | None]
    seconds: Mapped[float | None]  # from the claim to the answer
    answer: Mapped[Answer] = mapped_column(Enum(Answer, name="answer", values_callable=_values))
    product_ids: Mapped[list[str]]
    comment: Mapped[str | None]
    person: Mapped[str]
    created_at: Mapped[datetime]

    __table_args__ = (
        UniqueConstraint("supersedes"),
        CheckConstraint(
            "(answer = 'accepted') = (cardinality(product_ids) > 0)", name="accepted_has_products"
        ),
        CheckConstraint(
            "answer::text <> 'withdrawn' or supersedes is not null", name="withdrawn_supersedes"
        ),
        Index("ix_verdicts_task_id", "task_id"),
        Index("ix_verdicts_person_created_at", "person", "created_at"),
        Index("ix_verdicts_created_at_id", "created_at", "id"),
        Index("ix_verdicts_bulk_id", "bulk_id", postgresql_where=sql_text("bulk_id is not null")),
    )


class PairRulingRow(Base):
    """Append-only: what people's verdicts mean for a text and a product; the newest counts."""

    __tablename__ = "pair_rulings"

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    text_key: Mapped[bytes]  # see service/recommend/keys.py: same text from any source, same key
    text: Mapped[str | None]  # where no task has it
    product_id: Mapped[str]
    ruling: Mapped[Ruling] = mapped_column(Enum(Ruling, name="ruling", values_callable=_values))
    task_id: Mapped[UUID | None] = mapped_column(ForeignKey("review_tasks.id"))
    verdict_id: Mapped[UUID | None] = mapped_column(ForeignKey("verdicts.id"))  # that says so
    person: Mapped[str]
    reason: Mapped[str | None]
    created_at: Mapped[datetime]

    __table_args__ = (
        CheckConstraint("(text is null) = (task_id is not null)", name="task_or_text"),
        CheckConstraint("verdict_id is not null or reason is not null", name="verdict_or_reason"),
        CheckConstraint("verdict_id is null or task_id is not null", name="verdict_has_task"),
        Index("ix_pair_rulings_text_key_product_id_id", "text_key", "product_id", "id"),
        Index("ix_pair_rulings_product_id_id", "product_id", "id"),
        Index("ix_pair_rulings_verdict_id", "verdict_id"),
    )


class TeamMemberRow(Base):
    __tablename__ = "team_members"

    team: Mapped[str] = mapped_column(primary_key=True)
    person: Mapped[str] = mapped_column(primary_key=True)


class BulkActionRow(Base):
    """One answer given to many tasks at once; its verdicts carry its id."""

    __tablename__ = "bulk_actions"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    action: Mapped[str]
    chosen_by: Mapped[dict[str, Any]]  # the filter that chose the tasks
    tasks: Mapped[int]
    person: Mapped[str]
    created_at: Mapped[datetime]
    undone_at: Mapped[datetime | None]
    undone_by: Mapped[str | None]

    __table_args__ = (
        CheckConstraint("(undone_at is null) = (undone_by is null)", name="undo_has_person"),
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
    ruling_id: Mapped[int | None] = mapped_column(ForeignKey("pair_rulings.id"))  # that forbade it
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
    group_name: Mapped[str | None]  # the one whose threshold applied, as of the decision
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
    """What the queries of one hour looked like, and what was decided, added up over all replicas.

    A process that is killed loses what it counted in its last seconds; `decisions` has them all.
    """

    __tablename__ = "traffic_hours"

    bundle_id: Mapped[str] = mapped_column(primary_key=True)
    hour: Mapped[datetime] = mapped_column(primary_key=True)
    queries: Mapped[int] = mapped_column(BigInteger)
    score_counts: Mapped[list[int]]  # by bin of the bundle's reference; empty without one
    ngrams: Mapped[int] = mapped_column(BigInteger)
    unseen_ngrams: Mapped[int] = mapped_column(BigInteger)
    truncated: Mapped[int] = mapped_column(BigInteger)
    auto_accept: Mapped[int] = mapped_column(BigInteger)
    manual_review: Mapped[int] = mapped_column(BigInteger)
    verified: Mapped[int] = mapped_column(BigInteger)
    no_match: Mapped[int] = mapped_column(BigInteger)


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


class WebhookRow(Base):
    """Who is told of events. One delivery of a webhook is on its way at a time, under a lease."""

    __tablename__ = "webhooks"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    url: Mapped[str]
    types: Mapped[list[str]]  # of service/database/outbox.py
    secret: Mapped[bytes]  # as it is: who signs needs it
    created_at: Mapped[datetime]
    created_by: Mapped[str]
    attempted_at: Mapped[datetime | None]  # the one that waited longest has its turn
    lease_token: Mapped[UUID | None]
    lease_until: Mapped[datetime | None]
    disabled_at: Mapped[datetime | None]
    disable_reason: Mapped[str | None]

    __table_args__ = (
        CheckConstraint("cardinality(types) > 0", name="tells_of_something"),
        CheckConstraint("(lease_token is null) = (lease_until is null)", name="lease_has_end"),
        CheckConstraint("(disabled_at is null) = (disable_reason is null)", name="end_has_reason"),
    )


class WebhookDeliveryRow(Base):
    """The outbox: a row for each webhook that an event is for, written with the event."""

    __tablename__ = "webhook_deliveries"

    id: Mapped[UUID] = mapped_column(primary_key=True)  # the same in every attempt
    webhook_id: Mapped[UUID] = mapped_column(ForeignKey("webhooks.id", ondelete="CASCADE"))
    event_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("events.id"))
    type: Mapped[str]
    state: Mapped[DeliveryState] = mapped_column(
        Enum(DeliveryState, name="delivery_state", values_callable=_values)
    )
    attempts: Mapped[int]
    created_at: Mapped[datetime]
    due_at: Mapped[datetime]
    delivered_at: Mapped[datetime | None]
    last_status: Mapped[int | None]  # of HTTP; null where there was no answer
    last_error: Mapped[str | None]

    __table_args__ = (
        UniqueConstraint("webhook_id", "event_id"),
        CheckConstraint(
            "(state = 'delivered') = (delivered_at is not null)", name="delivered_has_time"
        ),
        Index(
            "ix_webhook_deliveries_due",
            "webhook_id",
            "due_at",
            "id",
            postgresql_where=sql_text("state = 'pending'"),
        ),
        Index("ix_webhook_deliveries_created_at_id", "created_at", "id"),
        Index(
            "ix_webhook_deliveries_delivered_at",
            "delivered_at",
            postgresql_where=sql_text("delivered_at is not null"),
        ),
    )


class InstallationKeyRow(Base):
    """Secrets that all replicas share; made by the first that needs one."""

    __tablename__ = "installation_keys"

    purpose: Mapped[str] = mapped_column(primary_key=True)
    key: Mapped[bytes]
    created_at: Mapped[datetime]


class IdempotentRequestRow(Base):
    """What a request with an Idempotency-Key was answered: again the same when it is repeated."""

    __tablename__ = "idempotent_requests"

    caller: Mapped[str] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(primary_key=True)
    request_sha256: Mapped[bytes]
    answer: Mapped[dict[str, Any]]
    created_at: Mapped[datetime]
