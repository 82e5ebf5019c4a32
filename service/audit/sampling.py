"""Which decisions a person labels, so that the labels stand for all: lots decide, scores do not."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from service.database.tables import Decision, Stream

Lot = Callable[[], float]  # uniform in [0, 1), each call independent of all others


@dataclass(frozen=True, slots=True)
class Drawn:
    """That a decision was drawn for a stream, and how probable that was."""

    stream: Stream
    inclusion_probability: float


@dataclass(frozen=True, slots=True)
class Sampling:
    """Draws audits from what is answered without a person, calibration from what a model decides.

    Every decision has a lot of its own for each stream, however often its query was asked before:
    so all decisions have the same probability, and frequent queries weigh as much as they are
    asked. What a person has answered before is no decision of the model, and is never drawn.
    """

    audit_share: float
    calibration_share: float
    lot: Lot

    def draw(self, decision: Decision) -> tuple[Drawn, ...]:
        """Return what a decision was drawn for: most often nothing."""
        shares = (
            (Stream.AUDIT, self.audit_share if decision.is_automatic else 0.0),
            (Stream.CALIBRATION, 0.0 if decision is Decision.VERIFIED else self.calibration_share),
        )
        return tuple(Drawn(stream, share) for stream, share in shares if self.lot() < share)
