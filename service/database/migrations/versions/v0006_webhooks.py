"""Webhooks with their outbox, pseudonyms, and requests that may be repeated."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql as pg

revision = "0006"
down_revision = "0005"

DELIVERY_STATE = pg.ENUM("pending", "delivered", "dead", name="delivery_state", create_type=False)


def upgrade() -> None:
    DELIVERY_STATE.create(op.get_bind())
    _create_webhooks()
    _create_deliveries()
    op.create_table(
        "installation_keys",
        _text("purpose"),
        sa.Column("key", sa.LargeBinary(), nullable=False),
        _time("created_at"),
        sa.PrimaryKeyConstraint("purpose"),
    )
    op.create_table(
        "idempotent_requests",
        _text("caller"),
        _text("key"),
        sa.Column("request_sha256", sa.LargeBinary(), nullable=False),
        sa.Column("answer", pg.JSONB(), nullable=False),
        _time("created_at"),
        sa.PrimaryKeyConstraint("caller", "key"),
    )


def downgrade() -> None:
    for table in ("idempotent_requests", "installation_keys", "webhook_deliveries", "webhooks"):
        op.drop_table(table)
    DELIVERY_STATE.drop(op.get_bind())


def _create_webhooks() -> None:
    op.create_table(
        "webhooks",
        _uuid("id"),
        _text("url"),
        sa.Column("types", pg.ARRAY(sa.Text()), nullable=False),
        sa.Column("secret", sa.LargeBinary(), nullable=False),
        _time("created_at"),
        _text("created_by"),
        _time("attempted_at", nullable=True),
        _uuid("lease_token", nullable=True),
        _time("lease_until", nullable=True),
        _time("disabled_at", nullable=True),
        _text("disable_reason", nullable=True),
        sa.PrimaryKeyConstraint("id"),
        sa.CheckConstraint("cardinality(types) > 0", name=op.f("ck_webhooks_tells_of_something")),
        sa.CheckConstraint(
            "(lease_token is null) = (lease_until is null)", name=op.f("ck_webhooks_lease_has_end")
        ),
        sa.CheckConstraint(
            "(disabled_at is null) = (disable_reason is null)",
            name=op.f("ck_webhooks_end_has_reason"),
        ),
    )


def _create_deliveries() -> None:
    op.create_table(
        "webhook_deliveries",
        _uuid("id"),
        _uuid("webhook_id"),
        sa.Column("event_id", sa.BigInteger(), nullable=False),
        _text("type"),
        sa.Column("state", DELIVERY_STATE, nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        _time("created_at"),
        _time("due_at"),
        _time("delivered_at", nullable=True),
        sa.Column("last_status", sa.Integer(), nullable=True),
        _text("last_error", nullable=True),
        sa.PrimaryKeyConstraint("id"),
        sa.ForeignKeyConstraint(["webhook_id"], ["webhooks.id"], ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["event_id"], ["events.id"]),
        sa.UniqueConstraint("webhook_id", "event_id"),
        sa.CheckConstraint(
            "(state = 'delivered') = (delivered_at is not null)",
            name=op.f("ck_webhook_deliveries_delivered_has_time"),
        ),
    )
    op.create_index(
        "ix_webhook_deliveries_due",
        "webhook_deliveries",
        ["webhook_id", "due_at", "id"],
        postgresql_where=sa.text("state = 'pending'"),
    )
    op.create_index(
        "ix_webhook_deliveries_created_at_id", "webhook_deliveries", ["created_at", "id"]
    )
    op.create_index(
        "ix_webhook_deliveries_delivered_at",
        "webhook_deliveries",
        ["delivered_at"],
        postgresql_where=sa.text("delivered_at is not null"),
    )


def _uuid(name: str, *, nullable: bool = False) -> sa.Column[object]:
    return sa.Column(name, sa.Uuid(), nullable=nullable)


def _text(name: str, *, nullable: bool = False) -> sa.Column[str]:
    return sa.Column(name, sa.Text(), nullable=nullable)


def _time(name: str, *, nullable: bool = False) -> sa.Column[datetime]:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=nullable)
