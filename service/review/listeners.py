"""Who is told, in the same transaction, when a task gets its final verdict or loses it."""

from __future__ import annotations

from typing import Protocol
from uuid import UUID

from sqlalchemy import Connection


class VerdictListener(Protocol):
    """What follows from final verdicts; opinions that are not final yet are none of its business.

    What it raises rolls the verdict back.
    """

    def verdict_given(self, connection: Connection, task_id: UUID) -> None:
        """Act on the final verdict that this transaction has just given a task."""

    def verdict_withdrawn(self, connection: Connection, task_id: UUID) -> None:
        """Act on a final verdict that was taken back: the task has none any more."""
