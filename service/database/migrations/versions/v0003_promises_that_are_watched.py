"""Samples that are labelled for the promise, what they say of it, and what follows from that."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql as pg

revision = "0003"
down_revision = "0002"

STREAM = pg.ENUM("audit", "calibration", name="stream", create_type=False)
DECISION = pg.ENUM(name="decision", create_type=False)
UNANSWERED = sa.text("state in ('open', 'leased')")
UNANSWERED_QUERY = "uq_review_tasks_unanswered_query"
TABLES = (
    "traffic_hours",
    "promise_proposals",
    "promise_overrides",
    "promise_estimates",
    "promise_watches",
    "label_samples",
)


def upgrade() -> None:
    # A new value of an enum cannot be used in the transaction that adds it, so the checks that name
    # it compare texts.
    op.execute("alter type decision add value 'no_match'")
    STREAM.create(op.get_bind())
    _widen_decisions()
    # One unanswered task for a query, whatever it was opened for: nobody answers it twice.
    op.drop_index(UNANSWERED_QUERY, "review_tasks")
    op.create_index(
        UNANSWERED_QUERY,
        "review_tasks",
        ["query_key"],
        unique=True,
        postgresql_where=UNANSWERED,
    )
    _create_label_samples()
    _create_watches()
    _create_overrides()
    _create_proposals()
    _create_traffic_hours()


def downgrade() -> None:
    """Lose what was added; the value `no_match` stays, as PostgreSQL removes none from an enum."""
    for table in TABLES:
        op.drop_table(table)
    STREAM.drop(op.get_bind())
    op.drop_constraint(op.f("ck_decisions_calibrated_probability_is_possible"), "decisions")
    op.drop_constraint(op.f("ck_decisions_no_match_has_threshold"), "decisions")
    op.drop_column("decisions", "calibrated_probability")
    op.drop_column("decisions", "group_name")
    op.drop_index(UNANSWERED_QUERY, "review_tasks")
    op.create_index(
        UNANSWERED_QUERY,
        "review_tasks",
        ["query_key", "kind"],
        unique=True,
        postgresql_where=UNANSWERED,
    )


def _widen_decisions() -> None:
    op.add_column("decisions", _text("group_name", nullable=True))
    op.add_column("decisions", _float("calibrated_probability", nullable=True))
    op.create_check_constraint(
        op.f("ck_decisions_calibrated_probability_is_possible"),
        "decisions",
        "calibrated_probability between 0 and 1",
    )
    op.create_check_constraint(
        op.f("ck_decisions_no_match_has_threshold"),
        "decisions",
        "decision::text <> 'no_match' or threshold is not null",
    )


def _create_label_samples() -> None:
    op.create_table(
        "label_samples",
        _uuid("id"),
        sa.Column("stream", STREAM, nullable=False),
        _uuid("decision_id"),
        _uuid("task_id"),
        _float("inclusion_probability"),
        _text("bundle_id"),
        _text("group_name", nullable=True),
        sa.Column("decision", DECISION, nullable=False),
        _text("product_id", nullable=True),
        _float("deciding", nullable=True),
        _float("threshold", nullable=True),
        _time("created_at"),
        sa.PrimaryKeyConstraint("id"),
        sa.ForeignKeyConstraint(["decision_id"], ["decisions.id"]),
        sa.ForeignKeyConstraint(["task_id"], ["review_tasks.id"]),
        sa.UniqueConstraint("decision_id", "stream"),
        sa.CheckConstraint(
            "inclusion_probability > 0 and inclusion_probability <= 1",
            name=op.f("ck_label_samples_inclusion_is_possible"),
        ),
        sa.CheckConstraint(
            "stream <> 'audit' or decision::text in ('auto_accept', 'no_match')",
            name=op.f("ck_label_samples_audits_are_of_automatic_answers"),
        ),
    )
    op.create_index("ix_label_samples_task_id", "label_samples", ["task_id"])
    op.create_index(
        "ix_label_samples_bundle_id_created_at", "label_samples", ["bundle_id", "created_at"]
    )


def _create_watches() -> None:
    op.create_table(
        "promise_watches",
        _uuid("id"),
        _text("bundle_id"),
        sa.Column("decision", DECISION, nullable=False),
        _text("group_name"),
        _float("target_precision"),
        _float("threshold"),
        _json("state"),
        sa.Column("audits", sa.Integer(), nullable=False),
        sa.Column("errors", sa.Integer(), nullable=False),
        sa.Column("unsure", sa.Integer(), nullable=False),
        *_estimate(),
        _time("started_at"),
        _time("updated_at"),
        _time("ended_at", nullable=True),
        _text("end_reason", nullable=True),
        sa.PrimaryKeyConstraint("id"),
        sa.CheckConstraint(
            "(ended_at is null) = (end_reason is null)",
            name=op.f("ck_promise_watches_end_has_reason"),
        ),
    )
    op.create_index(
        "uq_promise_watches_open",
        "promise_watches",
        ["bundle_id", "target_precision", "decision", "group_name"],
        unique=True,
        postgresql_where=sa.text("ended_at is null"),
    )
    op.create_table(
        "promise_estimates",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        _uuid("watch_id"),
        _uuid("sample_id"),
        _time("at"),
        sa.Column("audits", sa.Integer(), nullable=False),
        sa.Column("errors", sa.Integer(), nullable=False),
        *_estimate(),
        sa.PrimaryKeyConstraint("id"),
        sa.ForeignKeyConstraint(["watch_id"], ["promise_watches.id"]),
        sa.ForeignKeyConstraint(["sample_id"], ["label_samples.id"]),
        sa.UniqueConstraint("sample_id"),
    )
    op.create_index("ix_promise_estimates_watch_id_id", "promise_estimates", ["watch_id", "id"])


def _create_overrides() -> None:
    op.create_table(
        "promise_overrides",
        _uuid("id"),
        _text("bundle_id"),
        sa.Column("decision", DECISION, nullable=False),
        _text("group_name"),
        _float("threshold_before"),
        _float("threshold", nullable=True),
        _uuid("watch_id"),
        _time("created_at"),
        _time("lifted_at", nullable=True),
        _text("lifted_by", nullable=True),
        _text("lift_reason", nullable=True),
        sa.PrimaryKeyConstraint("id"),
        sa.ForeignKeyConstraint(["watch_id"], ["promise_watches.id"]),
        sa.CheckConstraint(
            "(lifted_at is null) = (lifted_by is null)"
            " and (lifted_at is null) = (lift_reason is null)",
            name=op.f("ck_promise_overrides_lift_has_person_and_reason"),
        ),
    )
    op.create_index(
        "ix_promise_overrides_in_force",
        "promise_overrides",
        ["bundle_id"],
        postgresql_where=sa.text("lifted_at is null"),
    )


def _create_proposals() -> None:
    op.create_table(
        "promise_proposals",
        _uuid("id"),
        _text("bundle_id"),
        _float("target_precision"),
        _json("promise"),
        _json("evidence"),
        _time("created_at"),
        _text("created_by"),
        _time("activated_at", nullable=True),
        _text("activated_by", nullable=True),
        sa.PrimaryKeyConstraint("id"),
        sa.CheckConstraint(
            "(activated_at is null) = (activated_by is null)",
            name=op.f("ck_promise_proposals_activation_has_person"),
        ),
    )
    op.create_index(
        "ix_promise_proposals_active",
        "promise_proposals",
        ["bundle_id", "activated_at"],
        postgresql_where=sa.text("activated_at is not null"),
    )


def _create_traffic_hours() -> None:
    op.create_table(
        "traffic_hours",
        _text("bundle_id"),
        _time("hour"),
        sa.Column("queries", sa.BigInteger(), nullable=False),
        sa.Column("score_counts", pg.ARRAY(sa.BigInteger()), nullable=False),
        sa.Column("ngrams", sa.BigInteger(), nullable=False),
        sa.Column("unseen_ngrams", sa.BigInteger(), nullable=False),
        sa.Column("truncated", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("bundle_id", "hour"),
    )


def _estimate() -> tuple[sa.Column[float], ...]:
    return (
        _float("precision", nullable=True),
        _float("lower_bound"),
        _float("upper_bound"),
        _float("evidence"),
    )


def _uuid(name: str) -> sa.Column[Any]:
    return sa.Column(name, sa.Uuid(), nullable=False)


def _text(name: str, *, nullable: bool = False) -> sa.Column[str]:
    return sa.Column(name, sa.Text(), nullable=nullable)


def _float(name: str, *, nullable: bool = False) -> sa.Column[float]:
    return sa.Column(name, sa.Float(), nullable=nullable)


def _json(name: str) -> sa.Column[Any]:
    return sa.Column(name, pg.JSONB(), nullable=False)


def _time(name: str, *, nullable: bool = False) -> sa.Column[datetime]:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=nullable)
