"""The first tables: access, decisions, review queue, events."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql as pg

revision = "0001"
down_revision = None

TASK_KIND = pg.ENUM("review", "audit", name="task_kind", create_type=False)
TASK_STATE = pg.ENUM("open", "leased", "answered", name="task_state", create_type=False)
ANSWER = pg.ENUM("accepted", "none", "unsure", name="answer", create_type=False)
DECISION = pg.ENUM("auto_accept", "manual_review", "verified", name="decision", create_type=False)
ENUMS = (TASK_KIND, TASK_STATE, ANSWER, DECISION)

UNANSWERED = sa.text("state in ('open', 'leased')")


def upgrade() -> None:
    for enum in ENUMS:
        enum.create(op.get_bind())
    _create_access()
    _create_review_tasks()
    _create_verdicts()
    _create_decisions()
    _create_events()


def downgrade() -> None:
    for table in (
        "events",
        "decisions",
        "verdicts",
        "review_tasks",
        "sessions",
        "sign_in_links",
        "api_keys",
    ):
        op.drop_table(table)
    for enum in ENUMS:
        enum.drop(op.get_bind())


def _text(name: str, *, nullable: bool = False) -> sa.Column[str]:
    return sa.Column(name, sa.Text(), nullable=nullable)


def _time(name: str, *, nullable: bool = False) -> sa.Column[datetime]:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=nullable)


def _create_access() -> None:
    op.create_table(
        "api_keys",
        _text("id"),
        _text("name"),
        sa.Column("secret_sha256", sa.LargeBinary(), nullable=False),
        sa.Column("scopes", pg.ARRAY(sa.Text()), nullable=False),
        _time("created_at"),
        _time("revoked_at", nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_api_keys"),
    )
    op.create_table(
        "sign_in_links",
        sa.Column("token_sha256", sa.LargeBinary(), nullable=False),
        _text("person"),
        sa.Column("scopes", pg.ARRAY(sa.Text()), nullable=False),
        _time("created_at"),
        _time("expires_at"),
        _time("used_at", nullable=True),
        sa.PrimaryKeyConstraint("token_sha256", name="pk_sign_in_links"),
    )
    op.create_table(
        "sessions",
        sa.Column("token_sha256", sa.LargeBinary(), nullable=False),
        _text("person"),
        sa.Column("scopes", pg.ARRAY(sa.Text()), nullable=False),
        _time("created_at"),
        _time("expires_at"),
        sa.PrimaryKeyConstraint("token_sha256", name="pk_sessions"),
    )


def _create_review_tasks() -> None:
    op.create_table(
        "review_tasks",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("kind", TASK_KIND, nullable=False),
        sa.Column("state", TASK_STATE, nullable=False),
        _text("source"),
        sa.Column("query_key", sa.LargeBinary(), nullable=False),
        _text("text"),
        sa.Column("attributes", pg.JSONB(), nullable=False),
        sa.Column("candidates", pg.JSONB(), nullable=False),
        _text("bundle_id"),
        sa.Column("times_asked", sa.Integer(), nullable=False),
        sa.Column("times_skipped", sa.Integer(), nullable=False),
        _time("created_at"),
        _time("last_asked_at"),
        sa.Column("lease_token", sa.Uuid(), nullable=True),
        _text("lease_owner", nullable=True),
        _time("lease_until", nullable=True),
        _time("answered_at", nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_review_tasks"),
        sa.CheckConstraint(
            "(state = 'leased') = (lease_token is not null and lease_owner is not null"
            " and lease_until is not null)",
            name=op.f("ck_review_tasks_leased_has_lease"),
        ),
        sa.CheckConstraint(
            "(state = 'answered') = (answered_at is not null)",
            name=op.f("ck_review_tasks_answered_has_time"),
        ),
        sa.CheckConstraint("times_asked >= 1", name=op.f("ck_review_tasks_asked_at_least_once")),
    )
    op.create_index(
        "uq_review_tasks_unanswered_query",
        "review_tasks",
        ["query_key", "kind"],
        unique=True,
        postgresql_where=UNANSWERED,
    )
    op.create_index(
        "ix_review_tasks_claim_order",
        "review_tasks",
        ["times_skipped", "created_at", "id"],
        postgresql_where=UNANSWERED,
    )
    op.create_index("ix_review_tasks_query_key", "review_tasks", ["query_key"])
    op.create_index("ix_review_tasks_created_at_id", "review_tasks", ["created_at", "id"])


def _create_verdicts() -> None:
    op.create_table(
        "verdicts",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("task_id", sa.Uuid(), nullable=False),
        sa.Column("answer", ANSWER, nullable=False),
        sa.Column("product_ids", pg.ARRAY(sa.Text()), nullable=False),
        _text("comment", nullable=True),
        _text("person"),
        _time("created_at"),
        sa.PrimaryKeyConstraint("id", name="pk_verdicts"),
        sa.ForeignKeyConstraint(["task_id"], ["review_tasks.id"], name="fk_verdicts_task_id"),
        sa.UniqueConstraint("task_id", name="uq_verdicts_task_id"),
        sa.CheckConstraint(
            "(answer = 'accepted') = (cardinality(product_ids) > 0)",
            name=op.f("ck_verdicts_accepted_has_products"),
        ),
    )


def _create_decisions() -> None:
    op.create_table(
        "decisions",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("decision", DECISION, nullable=False),
        _text("source"),
        _text("query_id", nullable=True),
        sa.Column("query_key", sa.LargeBinary(), nullable=False),
        _text("text"),
        _text("bundle_id"),
        _text("product_id", nullable=True),
        sa.Column("score", sa.Float(), nullable=True),
        sa.Column("target_precision", sa.Float(), nullable=False),
        sa.Column("threshold", sa.Float(), nullable=True),
        sa.Column("review_task_id", sa.Uuid(), nullable=True),
        _time("created_at"),
        sa.PrimaryKeyConstraint("id", name="pk_decisions"),
        sa.ForeignKeyConstraint(
            ["review_task_id"], ["review_tasks.id"], name="fk_decisions_review_task_id"
        ),
        sa.CheckConstraint(
            "(decision = 'manual_review') <= (review_task_id is not null)",
            name=op.f("ck_decisions_review_has_task"),
        ),
        sa.CheckConstraint(
            "decision <> 'auto_accept' or (threshold is not null and product_id is not null)",
            name=op.f("ck_decisions_accepted_has_threshold"),
        ),
    )
    op.create_index("ix_decisions_created_at", "decisions", ["created_at"])


def _create_events() -> None:
    op.create_table(
        "events",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        _time("at"),
        _text("subject"),
        _text("subject_id"),
        _text("kind"),
        _text("actor"),
        sa.Column("details", pg.JSONB(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_events"),
    )
    op.create_index("ix_events_subject_subject_id", "events", ["subject", "subject_id"])
