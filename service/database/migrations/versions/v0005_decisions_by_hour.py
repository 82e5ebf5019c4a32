"""What was decided by hour, so that nobody counts millions of decisions to draw a line."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"

COUNTED = ("auto_accept", "manual_review", "verified", "no_match")


def upgrade() -> None:
    for name in COUNTED:
        # The default fills the rows that exist; whoever writes one gives a number.
        op.add_column(
            "traffic_hours", sa.Column(name, sa.BigInteger(), nullable=False, server_default="0")
        )
        op.alter_column("traffic_hours", name, server_default=None)


def downgrade() -> None:
    for name in COUNTED:
        op.drop_column("traffic_hours", name)
