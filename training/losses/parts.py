"""The parts of the loss of one batch, for people."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class LossParts:
    """The parts of the loss before weighting; None where switched off."""

    base: float
    tcm: float | None = None
    active_positives: int | None = None
    active_negatives: int | None = None
    query_label: float | None = None
    query_batch: float | None = None
