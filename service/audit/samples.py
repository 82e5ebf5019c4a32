"""The decisions that were drawn."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from service.database.tables import Decision, Stream


@dataclass(frozen=True, slots=True)
class NewSample:
    """A decision that was drawn, as it was made, and the task in which a person labels it.

    `product_id` is the best candidate and `deciding` its score, or its probability where a decider
    decides: both None where nothing was found. `threshold` and `group_name` are those that applied.
    """

    id: UUID
    stream: Stream
    decision_id: UUID
    task_id: UUID
    inclusion_probability: float
    bundle_id: str
    group_name: str | None
    decision: Decision
    product_id: str | None
    deciding: float | None
    threshold: float | None
