"""What is to be promised."""

from __future__ import annotations

from dataclasses import dataclass

from models.calibration.binomial import zero_error_minimum
from models.errors import ConfigurationError


@dataclass(frozen=True, slots=True)
class Target:
    """Precision >= `precision`, with probability >= `confidence` over the calibration labels."""

    precision: float
    confidence: float

    def __post_init__(self) -> None:
        """Raise ConfigurationError unless both are between 0 and 1."""
        for name, value in (("precision", self.precision), ("confidence", self.confidence)):
            if not 0 < value < 1:
                raise ConfigurationError(f"target {name} must be between 0 and 1, not {value}")

    @property
    def error_rate(self) -> float:
        """Return the highest error rate that keeps the promise (alpha)."""
        return 1 - self.precision

    @property
    def risk(self) -> float:
        """Return the allowed probability of a promise that does not hold (delta)."""
        return 1 - self.confidence

    @property
    def zero_error_minimum(self) -> int:
        """Return the fewest accepted labels that can certify this, none of them an error."""
        return zero_error_minimum(self.precision, self.confidence)
