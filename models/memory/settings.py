"""How training queries change the score of a product."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, get_args

from models.errors import ConfigurationError

Formula = Literal["vote", "joint"]


@dataclass(frozen=True, slots=True)
class MemorySettings:
    """The most similar training queries vote for their own right products."""

    formula: Formula = "vote"
    """Whether cosines are mixed, or shares of a softmax over products and queries together."""

    weight: float = 0.3
    """Of the training queries in the score; the product itself has the rest."""

    neighbours: int = 50
    """Training queries that vote."""

    temperature: float = 0.05
    """Divides cosines in the softmax: the smaller, the more the nearest training query counts."""

    def __post_init__(self) -> None:
        """Raise ConfigurationError naming the field that cannot be used."""
        if self.formula not in get_args(Formula):
            known = ", ".join(get_args(Formula))
            raise ConfigurationError(f"formula must be one of {known}, got {self.formula!r}")
        if not 0 < self.weight <= 1:
            raise ConfigurationError(f"weight must be above 0 and at most 1, got {self.weight}")
        if self.neighbours < 1:
            raise ConfigurationError(f"neighbours must be at least 1, got {self.neighbours}")
        if not self.temperature > 0:
            raise ConfigurationError(f"temperature must be above 0, got {self.temperature}")
