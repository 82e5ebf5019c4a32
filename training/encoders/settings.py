"""Settings of each kind of encoder."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from training.checks import require_at_least, require_positive
from training.path_or_name import PathOrName


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


@dataclass(frozen=True, slots=True)
class TransformerSettings:
    """An encoder of the Hugging Face library, with mean pooling."""

    model: PathOrName
    """Directory of the encoder to start from, which is read without the network; or its name."""

    kind: Literal["transformer"] = "transformer"
    """A pretrained encoder of the Hugging Face library; needs the extra `transformer`."""

    max_length: int = 32
    """Tokens at which a text is cut, those counted that every text gets."""

    learning_rate: float = 2e-4
    """Highest learning rate; the default is that of NGAME and PRIME for DistilBERT."""

    weight_decay: float = 0.01
    """Weight decay of matrices; biases and layer norms have none."""

    def __post_init__(self) -> None:
        """Raise ConfigurationError naming the field that cannot be used."""
        require_positive(self, "max_length", "learning_rate")
        require_at_least(self, 0, "weight_decay")


EncoderSettings = NgramSettings | TransformerSettings
