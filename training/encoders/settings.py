"""Settings of each kind of encoder."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from training.checks import require_at_least, require_positive


@dataclass(frozen=True, slots=True)
class NgramSettings:
    """Hashed words and character n-grams; the table of their vectors has a rate of its own."""

    kind: Literal["ngram"] = "ngram"
    """Hashed words and character n-grams; trains on a CPU and needs no download."""

    dimension: int = 256
    """Length of a vector."""

    table_learning_rate: float = 2e-3
    """Highest learning rate of the table of n-gram vectors."""

    learning_rate: float = 5e-4
    """Highest learning rate of the layer above the table."""

    weight_decay: float = 0.01
    """Weight decay of the layer above the table."""

    def __post_init__(self) -> None:
        """Raise ConfigurationError naming the field that cannot be used."""
        require_positive(self, "dimension", "table_learning_rate", "learning_rate")
        require_at_least(self, 0, "weight_decay")


EncoderSettings = NgramSettings
