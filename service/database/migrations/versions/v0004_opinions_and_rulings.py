"""A queue with opinions, adjudication, order by due time, rulings on pairs, teams, bulk actions."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql as pg

revision = "0004"
down_revision = "0003"

TASK_STAGE = pg.ENUM("opinion", "adjudication", name="task_stage", create_type=False)
RULING = pg.ENUM("blocked", "allowed", name="ruling", create_type=False)
STATES = ("adjudicate", "closed")
BEFORE = sa.text("state in ('open', 'leased')")
# By times: an index cannot name a value that the same transaction adds to an enum.
UNANSWERED = sa.text("answered_at is null and closed_at is null")
FREE = sa.text("answered_at is null and closed_at is null and lease_token is null")
UNANSWERED_QUERY = "uq_review_tasks_unanswered_query"
CLAIM_ORDER = "ix_review_tasks_claim_order"
NEW_TASK_COLUMNS = (
    "leased_at",
    "stage",
    "opinions_wanted",
    "priority",
    "due_at",
    "assigned_to",
    "expires_at",
    "closed_at",
    "close_reason",
    "verdict_id",
)


def upgrade() -> None:
    for state in STATES:
        op.execute(f"alter type task_state add value '{state}'")
    op.execute("alter type answer add value 'withdrawn'")
    for enum in (TASK_STAGE, RULING):
        enum.create(op.get_bind())
    _widen_verdicts()
    _widen_tasks()
    _create_pair_rulings()
    op.create_table(
        "team_members", _text("team"), _text("person"), sa.PrimaryKeyConstraint("team", "person")
    )
    _create_bulk_actions()


def downgrade() -> None:
    """Lose what was added; values of enums stay, as PostgreSQL removes none.

    Fails where a task has several verdicts, which the older tables cannot hold.
    """
    op.drop_column("decisions", "ruling_id")
    for table in ("bulk_actions", "team_members", "pair_rulings"):
        op.drop_table(table)
    _index_tasks(BEFORE, BEFORE, "created_at")
    for name in ("attributes", "lease_until", "expires_at", "assigned_to", "state_created_at_id"):
        op.drop_index(f"ix_review_tasks_{name}", "review_tasks")
    # Their constraints go with the columns.
    for name in NEW_TASK_COLUMNS:
        op.drop_column("review_tasks", name)
    for name in ("task_id", "person_created_at", "created_at_id", "bulk_id"):
        op.drop_index(f"ix_verdicts_{name}", "verdicts")
    for name in ("stage", "supersedes", "origin", "bulk_id", "seconds"):
        op.drop_column("verdicts", name)
    op.drop_constraint(op.f("ck_verdicts_withdrawn_supersedes"), "verdicts", if_exists=True)
    op.create_unique_constraint(op.f("uq_verdicts_task_id"), "verdicts", ["task_id"])
    for enum in (RULING, TASK_STAGE):
        enum.drop(op.get_bind())


def _widen_verdicts() -> None:
    op.drop_constraint(op.f("uq_verdicts_task_id"), "verdicts")
    _add("verdicts", sa.Column("stage", TASK_STAGE, nullable=False), "'opinion'")
    op.add_column("verdicts", _uuid("supersedes", nullable=True))
    _add("verdicts", _text("origin"), "'queue'")
    op.add_column("verdicts", _uuid("bulk_id", nullable=True))
    op.add_column("verdicts", sa.Column("seconds", sa.Float(), nullable=True))
    op.create_foreign_key(
        op.f("fk_verdicts_supersedes"), "verdicts", "verdicts", ["supersedes"], ["id"]
    )
    op.create_unique_constraint(op.f("uq_verdicts_supersedes"), "verdicts", ["supersedes"])
    op.create_check_constraint(
        op.f("ck_verdicts_withdrawn_supersedes"),
        "verdicts",
        "answer::text <> 'withdrawn' or supersedes is not null",
    )
    op.create_index("ix_verdicts_task_id", "verdicts", ["task_id"])
    op.create_index("ix_verdicts_person_created_at", "verdicts", ["person", "created_at"])
    op.create_index("ix_verdicts_created_at_id", "verdicts", ["created_at", "id"])
    op.create_index(
        "ix_verdicts_bulk_id",
        "verdicts",
        ["bulk_id"],
        postgresql_where=sa.text("bulk_id is not null"),
    )


def _widen_tasks() -> None:
    op.add_column("review_tasks", _time("leased_at", nullable=True))
    _add("review_tasks", sa.Column("stage", TASK_STAGE, nullable=False), "'opinion'")
    _add("review_tasks", sa.Column("opinions_wanted", sa.SmallInteger(), nullable=False), "1")
    _add("review_tasks", sa.Column("priority", sa.SmallInteger(), nullable=False), "0")
    op.add_column("review_tasks", _time("due_at", nullable=True))
    op.execute("update review_tasks set due_at = created_at")
    op.alter_column("review_tasks", "due_at", nullable=False)
    op.add_column("review_tasks", _text("assigned_to", nullable=True))
    op.add_column("review_tasks", _time("expires_at", nullable=True))
    op.add_column("review_tasks", _time("closed_at", nullable=True))
    op.add_column("review_tasks", _text("close_reason", nullable=True))
    op.add_column("review_tasks", _uuid("verdict_id", nullable=True))
    op.execute(
        "update review_tasks set verdict_id = verdicts.id from verdicts"
        " where verdicts.task_id = review_tasks.id"
    )
    op.create_foreign_key(
        op.f("fk_review_tasks_verdict_id"),
        "review_tasks",
        "verdicts",
        ["verdict_id"],
        ["id"],
        deferrable=True,
        initially="DEFERRED",
    )
    _check_tasks()
    _index_tasks(UNANSWERED, FREE, "due_at")
    op.create_index(
        "ix_review_tasks_attributes",
        "review_tasks",
        ["attributes"],
        postgresql_using="gin",
        postgresql_where=UNANSWERED,
    )
    op.create_index(
        "ix_review_tasks_state_created_at_id", "review_tasks", ["state", "created_at", "id"]
    )
    # What the sweep of a claim looks for, and whose a task is.
    _index_where_set("lease_until")
    _index_where_set("expires_at", f" and {UNANSWERED.text}")
    _index_where_set("assigned_to", f" and {UNANSWERED.text}")


def _index_where_set(column: str, condition: str = "") -> None:
    op.create_index(
        f"ix_review_tasks_{column}",
        "review_tasks",
        [column],
        postgresql_where=sa.text(f"{column} is not null{condition}"),
    )


def _check_tasks() -> None:
    checks = {
        "answered_has_verdict": "(state = 'answered') = (verdict_id is not null)",
        "closed_has_time_and_reason": (
            "(state::text = 'closed') = (closed_at is not null)"
            " and (closed_at is null) = (close_reason is null)"
        ),
        "one_or_two_opinions": "opinions_wanted between 1 and 2",
        "priority_is_a_digit": "priority between 0 and 9",
    }
    for name, condition in checks.items():
        op.create_check_constraint(op.f(f"ck_review_tasks_{name}"), "review_tasks", condition)


def _index_tasks(unanswered: sa.TextClause, claimable: sa.TextClause, order: str) -> None:
    for name in (UNANSWERED_QUERY, CLAIM_ORDER):
        op.drop_index(name, "review_tasks")
    op.create_index(
        UNANSWERED_QUERY, "review_tasks", ["query_key"], unique=True, postgresql_where=unanswered
    )
    op.create_index(
        CLAIM_ORDER, "review_tasks", ["times_skipped", order, "id"], postgresql_where=claimable
    )


def _create_pair_rulings() -> None:
    op.create_table(
        "pair_rulings",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("text_key", sa.LargeBinary(), nullable=False),
        _text("text", nullable=True),
        _text("product_id"),
        sa.Column("ruling", RULING, nullable=False),
        _uuid("task_id", nullable=True),
        _uuid("verdict_id", nullable=True),
        _text("person"),
        _text("reason", nullable=True),
        _time("created_at"),
        sa.PrimaryKeyConstraint("id"),
        sa.ForeignKeyConstraint(["task_id"], ["review_tasks.id"]),
        sa.ForeignKeyConstraint(["verdict_id"], ["verdicts.id"]),
        *(
            sa.CheckConstraint(condition, name=op.f(f"ck_pair_rulings_{name}"))
            for name, condition in (
                ("task_or_text", "(text is null) = (task_id is not null)"),
                ("verdict_or_reason", "verdict_id is not null or reason is not null"),
                ("verdict_has_task", "verdict_id is null or task_id is not null"),
            )
        ),
    )
    for columns in (["text_key", "product_id", "id"], ["product_id", "id"], ["verdict_id"]):
        op.create_index(f"ix_pair_rulings_{'_'.join(columns)}", "pair_rulings", columns)
    op.add_column("decisions", sa.Column("ruling_id", sa.BigInteger(), nullable=True))
    op.create_foreign_key(
        op.f("fk_decisions_ruling_id"), "decisions", "pair_rulings", ["ruling_id"], ["id"]
    )


def _create_bulk_actions() -> None:
    op.create_table(
        "bulk_actions",
        _uuid("id"),
        _text("action"),
        sa.Column("chosen_by", pg.JSONB(), nullable=False),
        sa.Column("tasks", sa.Integer(), nullable=False),
        _text("person"),
        _time("created_at"),
        _time("undone_at", nullable=True),
        _text("undone_by", nullable=True),
        sa.PrimaryKeyConstraint("id"),
        sa.CheckConstraint(
            "(undone_at is null) = (undone_by is null)",
            name=op.f("ck_bulk_actions_undo_has_person"),
        ),
    )


def _add(table: str, column: sa.Column[Any], value: str) -> None:
    """Add a column that no row may lack; rows that are there get the value."""
    column.server_default = sa.DefaultClause(sa.text(value))
    op.add_column(table, column)
    op.alter_column(table, column.name, server_default=None)


def _uuid(name: str, *, nullable: bool = False) -> sa.Column[Any]:
    return sa.Column(name, sa.Uuid(), nullable=nullable)


def _text(name: str, *, nullable: bool = False) -> sa.Column[str]:
    return sa.Column(name, sa.Text(), nullable=nullable)


def _time(name: str, *, nullable: bool = False) -> sa.Column[datetime]:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=nullable)
