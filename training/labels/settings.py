"""Settings of the label representations (docs/method.md, Label representations)."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal, get_args

from models.errors import ConfigurationError
from training.checks import require_at_least, require_at_most, require_one_of, require_positive

CentroidRule = Literal["stale", "ema"]


@dataclass(frozen=True, slots=True)
class TextLabelSettings:
    """The title alone."""

    kind: Literal["text"] = "text"
    """The title alone (NGAME)."""


@dataclass(frozen=True, slots=True)
class VectorTableSettings:
    """Free vectors, and which product has which."""

    products_per_vector: int = 2
    """So many products with similar titles share a vector, at most."""

    private_vectors: int = 1000
    """So many products, those that most training queries name, have a vector of their own."""

    learning_rate: float = 5e-4
    """Highest learning rate of the vectors, which do not decay."""

    initial_scale: float = 1.0
    """Vectors start uniform within Xavier's bound times this; 0: at zero, so that titles decide."""

    def __post_init__(self) -> None:
        """Raise ConfigurationError naming the field that cannot be used."""
        require_positive(self, "products_per_vector", "learning_rate")
        require_at_least(self, 0, "private_vectors", "initial_scale")


@dataclass(frozen=True, slots=True)
class FreeVectorLabelSettings:
    """The title and a free vector (DEXA)."""

    kind: Literal["free_vectors"] = "free_vectors"
    """The title plus a trained vector (DEXA)."""

    vectors: VectorTableSettings = field(default_factory=VectorTableSettings)
    """What is added to the titles."""


@dataclass(frozen=True, slots=True)
class PrototypeLabelSettings:
    """A transformer layer over the title, a free vector and the centroid of the queries (PRIME)."""

    kind: Literal["prototype"] = "prototype"
    """A transformer layer over title, trained vector and centroid of the queries (PRIME)."""

    vectors: VectorTableSettings = field(
        default_factory=lambda: VectorTableSettings(private_vectors=0)
    )
    """The second of the three tokens of a product."""

    centroids: CentroidRule = "stale"
    """How centroids follow the queries: computed anew each epoch, or moved by each query seen."""

    ema_rate: float = 0.05
    """How far a query moves the centroid of its product, where centroids is "ema"."""

    title_weight: float = 0.0
    """The title counts as so many queries in a centroid: more than 0 where queries are few."""

    centroid_dropout: float = 0.0
    """In training, the chance that a product is treated as if no query named it."""

    attention_heads: int = 8
    """Heads of the layer; they divide the dimension."""

    feedforward: int = 1024
    """Hidden units of the layer."""

    dropout: float = 0.1
    """Of the layer."""

    zero_start: bool = True
    """Start with a layer that mixes nothing; false: at random."""

    learning_rate: float = 5e-4
    """Highest learning rate of the layer."""

    weight_decay: float = 0.01
    """Weight decay of the layer's matrices."""

    def __post_init__(self) -> None:
        """Raise ConfigurationError naming the field that cannot be used."""
        require_one_of("centroids", self.centroids, get_args(CentroidRule))
        require_positive(self, "ema_rate", "attention_heads", "feedforward", "learning_rate")
        require_at_least(self, 0, "title_weight", "centroid_dropout", "dropout", "weight_decay")
        require_at_most(self, 1, "ema_rate", "centroid_dropout")
        if self.dropout >= 1:
            raise ConfigurationError(f"dropout must be below 1, got {self.dropout}")

    def check_dimension(self, dimension: int) -> None:
        """Raise ConfigurationError where the layer cannot divide the embedding among its heads."""
        if dimension % self.attention_heads:
            raise ConfigurationError(
                f"dimension ({dimension}) must be a multiple of labels.attention_heads "
                f"({self.attention_heads})"
            )


LabelSettings = TextLabelSettings | FreeVectorLabelSettings | PrototypeLabelSettings
