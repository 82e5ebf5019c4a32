"""The probability that decided, beside the score."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"

CHECK = "ck_decisions_probability_is_possible"


def upgrade() -> None:
    op.add_column("decisions", sa.Column("probability", sa.Float(), nullable=True))
    op.create_check_constraint(op.f(CHECK), "decisions", "probability between 0 and 1")


def downgrade() -> None:
    op.drop_constraint(op.f(CHECK), "decisions")
    op.drop_column("decisions", "probability")
