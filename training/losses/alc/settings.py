"""Settings of the auxiliary losses."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, get_args

from models.errors import ConfigurationError

QueryBatchHead = Literal["set_attention", "shared_head", "cross_attention", "batch_prototype"]


@dataclass(frozen=True, slots=True)
class AlcSettings:
    """Weights of both losses and the shape of the query-batch head.

    `head` is a construction of docs/method.md, Auxiliary losses, which says what each does with
    the settings after it: `set_attention` (B1), `cross_attention` (B2), `batch_prototype` (B3), or
    `shared_head`, which scores each candidate by itself.
    """

    query_label_weight: float = 0.3
    query_batch_weight: float = 0.3
    negatives: int = 10
    head: QueryBatchHead = "set_attention"
    attention_heads: int = 8
    width: int = (
        64  # of the tokens; 128 and 256 were no better on the sample (seeds 0-2), and slower
    )
    feedforward: int = 256  # 1024 was no better on the sample (seed 0), and slower
    dropout: float = 0.1
    prototype_temperature: float = 0.1

    def __post_init__(self) -> None:
        """Raise ConfigurationError naming the field that cannot be used."""
        if self.head not in get_args(QueryBatchHead):
            known = ", ".join(get_args(QueryBatchHead))
            raise ConfigurationError(f"head must be one of {known}, got {self.head!r}")
        for name in (
            "negatives",
            "attention_heads",
            "width",
            "feedforward",
            "prototype_temperature",
        ):
            if getattr(self, name) <= 0:
                raise ConfigurationError(f"{name} must be above 0, got {getattr(self, name)}")
        if not 0 <= self.dropout < 1:
            raise ConfigurationError(f"dropout must be from 0 to below 1, got {self.dropout}")
        if self.head == "set_attention":
            self._require_multiple("alc.width", self.width)

    def check_dimension(self, dimension: int) -> None:
        """Raise ConfigurationError where the head cannot divide the embedding among its heads."""
        if self.head == "cross_attention":
            self._require_multiple("dimension", dimension)

    def _require_multiple(self, name: str, size: int) -> None:
        if size % self.attention_heads:
            raise ConfigurationError(
                f"{name} ({size}) must be a multiple of alc.attention_heads "
                f"({self.attention_heads}) for the head {self.head}"
            )
