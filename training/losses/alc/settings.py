"""Settings of the auxiliary losses."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, get_args

from models.errors import ConfigurationError
from training.checks import require_at_least, require_one_of

QueryBatchHead = Literal["set_attention", "shared_head", "cross_attention", "batch_prototype"]
Inputs = Literal["normalised", "raw"]
Classifier = Literal["linear", "mlp"]
PairRepresentation = Literal["full", "interactions"]


@dataclass(frozen=True, slots=True)
class AlcSettings:
    """Weights of both losses, the shape of their heads and what these are shown.

    `head` is a construction of docs/method.md, Auxiliary losses, which says what each does with
    the settings after it: `set_attention` (B1), `cross_attention` (B2), `batch_prototype` (B3), or
    `shared_head`, which scores each candidate by itself. A loss of weight 0 is not computed, and
    the settings of its head do not matter.
    """

    query_label_weight: float = 1.0
    """Of the loss that judges each pair of query and label by itself."""

    query_batch_weight: float = 0.1
    """Of the loss that finds the right label among the hardest of the batch."""

    negatives: int = 10
    """Highest wrong labels of a query that are candidates; cross_attention takes the first."""

    head: QueryBatchHead = "batch_prototype"
    """What scores the candidates of a query."""

    attention_heads: int = 8
    """Of set_attention (they divide its width) and of cross_attention (the encoder's dimension)."""

    width: int = 64  # for speed; 128 and 256 differed by less than runs do
    """Of the tokens of set_attention, onto which each pair is projected; hidden units of mlp."""

    feedforward: int = 256  # 1024 was no better on the sample (seed 0), and slower
    """Hidden units of the transformer layer of set_attention."""

    dropout: float = 0.1
    """Dropout of set_attention and cross_attention."""

    prototype_temperature: float = 0.1
    """Of the head batch_prototype."""

    query_label_negatives: int = 1
    """Highest wrong labels of a query whose pairs are judged by themselves."""

    classifier: Classifier = "linear"
    """What judges a pair, in cross_attention and batch_prototype too: one layer, or two (mlp)."""

    pair_representation: PairRepresentation = "full"
    """What heads see of a pair: both embeddings, their distance and product; or the last two."""

    inputs: Inputs = "normalised"
    """Whether heads are shown unit vectors, as they are searched, or what these were made of."""

    on_titles: bool = False
    """Apply the losses to the titles too; needs labels that add to the title."""

    def __post_init__(self) -> None:
        """Raise ConfigurationError naming the field that cannot be used."""
        if self.head not in get_args(QueryBatchHead):
            known = ", ".join(get_args(QueryBatchHead))
            raise ConfigurationError(f"head must be one of {known}, got {self.head!r}")
        require_one_of("classifier", self.classifier, get_args(Classifier))
        require_one_of(
            "pair_representation", self.pair_representation, get_args(PairRepresentation)
        )
        require_one_of("inputs", self.inputs, get_args(Inputs))
        require_at_least(self, 0, "query_label_weight", "query_batch_weight")
        if not self.query_label_weight and not self.query_batch_weight:
            raise ConfigurationError("both weights of alc are 0; leave alc out")
        for name in (
            "negatives",
            "query_label_negatives",
            "attention_heads",
            "width",
            "feedforward",
            "prototype_temperature",
        ):
            if getattr(self, name) <= 0:
                raise ConfigurationError(f"{name} must be above 0, got {getattr(self, name)}")
        if not 0 <= self.dropout < 1:
            raise ConfigurationError(f"dropout must be from 0 to below 1, got {self.dropout}")
        if self.query_batch_weight and self.head == "set_attention":
            self._require_multiple("alc.width", self.width)

    def check_dimension(self, dimension: int) -> None:
        """Raise ConfigurationError where the head cannot divide the embedding among its heads."""
        if self.query_batch_weight and self.head == "cross_attention":
            self._require_multiple("dimension", dimension)

    def _require_multiple(self, name: str, size: int) -> None:
        if size % self.attention_heads:
            raise ConfigurationError(
                f"{name} ({size}) must be a multiple of alc.attention_heads "
                f"({self.attention_heads}) for the head {self.head}"
            )
