"""Settings of the sampler."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal, get_args

from models.errors import ConfigurationError
from training.checks import require_one_of, require_positive
from training.evaluation.propensity import PropensitySettings

PositiveSampling = Literal["uniform", "inverse_propensity"]


@dataclass(frozen=True, slots=True)
class SamplerSettings:
    """Which queries share a batch, and which right product stands for a query.

    Batches are made of whole clusters of `cluster_size` similar queries (1: at random), doubled
    when each of the epochs `double_at` begins. Clusters are made anew every `refresh_every`
    epochs. `propensity` is that of positives sampled by inverse propensity.
    """

    cluster_size: int = 64
    """Batches are made of whole clusters of so many similar queries; 1: at random."""

    double_at: tuple[int, ...] = ()
    """Epochs, from 1, at whose beginning the clusters double in size."""

    refresh_every: int = 1
    """Epochs for which clusters are kept."""

    positives: PositiveSampling = "uniform"
    """How one of several right products is drawn for a query."""

    propensity: PropensitySettings = field(default_factory=PropensitySettings)
    """How rare a product is, where positives are drawn by inverse propensity."""

    def __post_init__(self) -> None:
        """Raise ConfigurationError naming the field that cannot be used."""
        require_positive(self, "cluster_size", "refresh_every")
        require_one_of("positives", self.positives, get_args(PositiveSampling))
        if any(epoch < 1 for epoch in self.double_at):
            raise ConfigurationError(
                f"double_at names epochs, the first being 1, got {list(self.double_at)}"
            )

    def size_at(self, epoch: int) -> int:
        """Return the cluster size of this epoch, the first being 1."""
        return int(self.cluster_size * 2 ** sum(epoch >= one for one in self.double_at))
