"""Settings of the early stop."""

from __future__ import annotations

from dataclasses import dataclass

from models.errors import ConfigurationError
from training.checks import require_positive


@dataclass(frozen=True, slots=True)
class StoppingSettings:
    """Stop when C@1 has not grown for `patience` epochs, and keep the best epoch's weights.

    C@1 is that at `target_precision` on a `share` of the calibration queries, which then certify
    nothing (docs/method.md, Early stop).
    """

    patience: int = 2
    """Epochs without a better one after which training ends."""

    target_precision: float = 0.95
    """Of the automation coverage that epochs are compared by."""

    share: float = 0.2
    """Of the calibration queries; these choose the epoch and certify nothing."""

    def __post_init__(self) -> None:
        """Raise ConfigurationError naming the field that cannot be used."""
        require_positive(self, "patience")
        for name in ("target_precision", "share"):
            if not 0 < getattr(self, name) < 1:
                raise ConfigurationError(
                    f"{name} must be between 0 and 1, got {getattr(self, name)}"
                )
