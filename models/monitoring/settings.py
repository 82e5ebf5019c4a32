"""What is watched, and how sure its statements are to be."""

from __future__ import annotations

from dataclasses import dataclass, fields

from models.errors import ConfigurationError


@dataclass(frozen=True, slots=True)
class WatchSettings:
    """The promised precision, and the two risks of a watch, each over its whole life."""

    target_precision: float
    """What every automatic answer is promised to be right with."""

    false_alarm: float = 0.05
    """Share of deployments in which an alarm may ever occur although the promise holds."""

    confidence: float = 0.90
    """With which each of the two bounds holds at all times at once."""

    def __post_init__(self) -> None:
        """Raise ConfigurationError naming the field that is not between 0 and 1."""
        for field in fields(self):
            value = getattr(self, field.name)
            if not 0 < value < 1:
                raise ConfigurationError(f"{field.name} must be between 0 and 1, not {value}")

    @property
    def error_rate(self) -> float:
        """Return the highest error rate that keeps the promise."""
        return 1 - self.target_precision
