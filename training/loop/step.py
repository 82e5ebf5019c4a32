"""What one optimisation step did."""

from __future__ import annotations

from dataclasses import dataclass

from training.losses.parts import LossParts


@dataclass(frozen=True, slots=True)
class Step:
    """For progress and logs; `queries` are those of the step, `total_queries` of all epochs."""

    epoch: int
    step: int
    steps: int
    queries: int
    total_queries: int
    parts: LossParts
