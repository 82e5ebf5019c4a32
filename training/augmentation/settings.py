"""Settings of what training queries add to the scores."""

from __future__ import annotations

from dataclasses import dataclass, field

from models.errors import ConfigurationError
from models.memory.settings import MemorySettings


@dataclass(frozen=True, slots=True)
class AugmentationSettings:
    """Training queries in the vectors of their products, or in a memory beside them.

    Either is part of the served path, so that thresholds are calibrated with it.
    """

    centroid_weight: float = 0.0
    """Of the mean of a product's training queries in the vector it is searched by; 0: none."""

    memory: MemorySettings | None = field(default_factory=MemorySettings)
    """Whether the training queries most similar to a query vote for their products."""

    def __post_init__(self) -> None:
        """Raise ConfigurationError naming the field that cannot be used."""
        if not 0 <= self.centroid_weight <= 1:
            raise ConfigurationError(
                f"centroid_weight must be from 0 to 1, got {self.centroid_weight}"
            )
        if self.centroid_weight == 0 and self.memory is None:
            raise ConfigurationError(
                "augmentation with centroid_weight 0 and without a memory changes nothing;"
                " set one of them or switch augmentation off"
            )

    @property
    def name(self) -> str:
        """Return what is added, as the tables name it."""
        added = [f"centroids {self.centroid_weight:g}"] if self.centroid_weight else []
        if self.memory is not None:
            added.append(f"memory {self.memory.formula} {self.memory.weight:g}")
        return ", ".join(added)
