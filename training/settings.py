"""Settings of a training run."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import Any, get_args

from models.errors import ConfigurationError
from training.losses.alc import AlcSettings
from training.losses.names import BaseLoss
from training.losses.tcm import TcmSettings
from training.losses.triplet import DynamicTripletSettings, TripletSettings


@dataclass(frozen=True, slots=True)
class TrainingSettings:
    """How a model is trained; `tcm` or `alc` None switches that loss off.

    Each base loss has its own settings, and only those of the chosen one are used: `temperature`
    for softmax, `triplet` and `dynamic_triplet` for the loss of that name. Learning rates rise
    over `warmup_steps` and fall linearly to zero.
    """

    seed: int = 0
    epochs: int = 4
    dimension: int = 256
    batch_size: int = 512
    cluster_size: int = 64
    base: BaseLoss = "softmax"
    temperature: float = 0.05
    triplet: TripletSettings = field(default_factory=TripletSettings)
    dynamic_triplet: DynamicTripletSettings = field(default_factory=DynamicTripletSettings)
    table_learning_rate: float = 2e-3
    layer_learning_rate: float = 5e-4
    warmup_steps: int = 20
    tcm: TcmSettings | None = field(default_factory=TcmSettings)
    alc: AlcSettings | None = field(default_factory=AlcSettings)

    def __post_init__(self) -> None:
        """Raise ConfigurationError naming the field that cannot be used."""
        for name in ("epochs", "dimension", "cluster_size", "temperature"):
            if getattr(self, name) <= 0:
                raise ConfigurationError(f"{name} must be above 0, got {getattr(self, name)}")
        if self.base not in get_args(BaseLoss):
            raise ConfigurationError(
                f"base must be one of {', '.join(get_args(BaseLoss))}, got {self.base!r}"
            )
        if self.batch_size < 2:
            raise ConfigurationError(f"batch_size must be at least 2, got {self.batch_size}")

        if self.alc and self.alc.attends and self.dimension % self.alc.attention_heads:
            raise ConfigurationError(
                f"dimension ({self.dimension}) must be a multiple of alc.attention_heads "
                f"({self.alc.attention_heads}) for the head {self.alc.head}"
            )

    def as_dict(self) -> dict[str, Any]:
        """Return the settings as plain values, for the manifest."""
        return asdict(self)
