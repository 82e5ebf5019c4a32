"""What is kept of how a decider was fitted, or why there is none."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class DeciderReport:
    """`learnable` of `queries` had a right candidate to learn from; `needed` were the fewest.

    `trees` is 0 where they were too few: then the score decides. `folds` is 0 where the queries
    were a part of their own.
    """

    queries: int
    learnable: int
    needed: int
    folds: int
    trees: int

    @property
    def missing(self) -> int:
        """Return how many more such queries would have been enough; 0 where they were."""
        return max(0, self.needed - self.learnable)
