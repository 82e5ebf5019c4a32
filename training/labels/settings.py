"""Settings of the label representations; docs/method.md, Label representations."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal, get_args

from models.errors import ConfigurationError
from training.checks import require_at_least, require_one_of, require_positive

CentroidRule = Literal["stale", "ema"]


@dataclass(frozen=True, slots=True)
class TextLabelSettings:
    """The title alone."""

    kind: Literal["text"] = "text"
    """The title alone."""


@dataclass(frozen=True, slots=True)
class VectorTableSettings:
    """Free vectors, each shared by at most `products_per_vector` products with similar titles.

    The `private_vectors` products that most training queries name have one of their own. Vectors
    start at random, uniform as Xavier's times `initial_scale` (0: at zero).
    """

    products_per_vector: int = 2
    private_vectors: int = 1000
    learning_rate: float = 5e-4
    initial_scale: float = 1.0

    def __post_init__(self) -> None:
        """Raise ConfigurationError naming the field that cannot be used."""
        require_positive(self, "products_per_vector", "learning_rate")
        require_at_least(self, 0, "private_vectors", "initial_scale")


@dataclass(frozen=True, slots=True)
class FreeVectorLabelSettings:
    """The title and a free vector (DEXA)."""

    kind: Literal["free_vectors"] = "free_vectors"
    vectors: VectorTableSettings = field(default_factory=VectorTableSettings)


@dataclass(frozen=True, slots=True)
class PrototypeLabelSettings:
    """A transformer layer over the title, a free vector and the centroid of the queries (PRIME).

    `centroids` says how these follow the queries: `stale`, the mean of the embeddings that they had
    when they last passed through a batch, or `ema`, moved by `ema_rate` towards each query seen.
    `centroid_dropout` is the chance, in training, that a product is represented as if it had no
    query. `zero_start` begins with a layer that mixes nothing.
    """

    kind: Literal["prototype"] = "prototype"
    vectors: VectorTableSettings = field(
        default_factory=lambda: VectorTableSettings(private_vectors=0)
    )
    centroids: CentroidRule = "stale"
    ema_rate: float = 0.05
    centroid_dropout: float = 0.0
    attention_heads: int = 8
    feedforward: int = 1024
    dropout: float = 0.1
    zero_start: bool = True
    learning_rate: float = 5e-4
    weight_decay: float = 0.01

    def __post_init__(self) -> None:
        """Raise ConfigurationError naming the field that cannot be used."""
        require_one_of("centroids", self.centroids, get_args(CentroidRule))
        require_positive(self, "ema_rate", "attention_heads", "feedforward", "learning_rate")
        require_at_least(self, 0, "centroid_dropout", "dropout", "weight_decay")
        if self.dropout >= 1:
            raise ConfigurationError(f"dropout must be below 1, got {self.dropout}")
        for name in ("ema_rate", "centroid_dropout"):
            if getattr(self, name) > 1:
                raise ConfigurationError(f"{name} must be at most 1, got {getattr(self, name)}")

    def check_dimension(self, dimension: int) -> None:
        """Raise ConfigurationError where the layer cannot divide the embedding among its heads."""
        if dimension % self.attention_heads:
            raise ConfigurationError(
                f"dimension ({dimension}) must be a multiple of labels.attention_heads "
                f"({self.attention_heads})"
            )


LabelSettings = TextLabelSettings | FreeVectorLabelSettings | PrototypeLabelSettings
