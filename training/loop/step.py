"""What one optimisation step did."""

from __future__ import annotations

from dataclasses import dataclass

from training.losses.parts import LossParts, LossTensors


@dataclass(frozen=True, slots=True, eq=False)
class Step:
    """For progress and logs.

    `queries` are those of the step, `done_queries` those of all steps so far, `total_queries` those
    of all epochs. Speed and remaining time, in seconds, are None before they are known. `cut_texts`
    is the share of all texts that the encoder reads the beginning of only; None: it cuts none.
    """

    epoch: int
    step: int
    steps: int
    queries: int
    done_queries: int
    total_queries: int
    losses: LossTensors
    queries_per_second: float | None = None
    seconds_left: float | None = None
    cut_texts: float | None = None

    @property
    def parts(self) -> LossParts:
        """Return the parts of the loss; this waits for the device that they are computed on."""
        return self.losses.fetch()


@dataclass(frozen=True, slots=True)
class Fold:
    """Which of the encoders that are each fitted without one fold, from 0, and of how many."""

    number: int
    count: int

    def __str__(self) -> str:
        """Return both as people count."""
        return f"fold {self.number + 1} of {self.count}"
