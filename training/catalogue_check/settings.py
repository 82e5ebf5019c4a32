"""Settings of the catalogue check."""

from __future__ import annotations

from dataclasses import dataclass

from models.errors import ConfigurationError


@dataclass(frozen=True, slots=True)
class CheckSettings:
    """How far the check looks, and how much it lists.

    Each product is compared with its `nearest_products`, each query with its `nearest_queries`; of
    a product at most `queries_per_product` queries are evidence. Findings below `lowest_score` are
    left out, and beyond the first `most_findings` of each list.
    """

    nearest_products: int = 10
    nearest_queries: int = 10
    queries_per_product: int = 100
    lowest_score: float = 0.2
    most_findings: int = 1_000
    seed: int = 0

    def __post_init__(self) -> None:
        """Raise ConfigurationError naming the field that cannot be used."""
        for name in (
            "nearest_products",
            "nearest_queries",
            "queries_per_product",
            "most_findings",
        ):
            if getattr(self, name) < 1:
                raise ConfigurationError(f"{name} must be at least 1, got {getattr(self, name)}")
        if not 0 <= self.lowest_score < 1:
            raise ConfigurationError(f"lowest_score must be within [0, 1), got {self.lowest_score}")
