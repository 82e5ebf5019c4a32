"""Settings of a training run."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field
from typing import Any, Literal, get_args

from models.errors import ConfigurationError
from training.checks import require_at_least, require_one_of, require_positive
from training.encoders.settings import EncoderSettings, NgramSettings
from training.labels.settings import LabelSettings, TextLabelSettings
from training.loop.stopping_settings import StoppingSettings
from training.losses.alc import AlcSettings
from training.losses.names import BaseLoss
from training.losses.tcm import TcmSettings
from training.losses.text_terms import TextTermSettings
from training.losses.triplet import DynamicTripletSettings, TripletSettings
from training.sampling.settings import SamplerSettings

Device = Literal["auto", "cpu", "cuda"]
Precision = Literal["auto", "fp32", "bf16"]


@dataclass(frozen=True, slots=True)
class TrainingSettings:
    """How a model is trained; `text_terms`, `tcm` or `alc` None switches that loss off.

    Each base loss has its own settings, and only those of the chosen one are used: `temperature`
    for softmax, `triplet` and `dynamic_triplet` for the loss of that name. Learning rates rise
    over `warmup_steps` and fall linearly to zero; `head_learning_rate` is that of the auxiliary
    heads. `micro_batch` texts at a time go through the encoder (None: all of a batch), which
    changes how much memory a step needs, not what it computes. `auto` takes a GPU when there is
    one, and bf16 there. `stopping` ends a run early; None: all epochs, and all calibration queries
    certify.
    """

    seed: int = 0
    epochs: int = 4
    batch_size: int = 512
    encoder: EncoderSettings = field(default_factory=NgramSettings)
    labels: LabelSettings = field(default_factory=TextLabelSettings)
    sampler: SamplerSettings = field(default_factory=SamplerSettings)
    base: BaseLoss = "softmax"
    temperature: float = 0.05
    triplet: TripletSettings = field(default_factory=TripletSettings)
    dynamic_triplet: DynamicTripletSettings = field(default_factory=DynamicTripletSettings)
    text_terms: TextTermSettings | None = None
    tcm: TcmSettings | None = field(default_factory=TcmSettings)
    alc: AlcSettings | None = field(default_factory=AlcSettings)
    head_learning_rate: float = 5e-4
    head_weight_decay: float = 0.01
    warmup_steps: int = 20
    micro_batch: int | None = None
    device: Device = "auto"
    precision: Precision = "auto"
    stopping: StoppingSettings | None = None

    def __post_init__(self) -> None:
        """Raise ConfigurationError naming the field that cannot be used."""
        require_positive(self, "epochs", "temperature", "head_learning_rate")
        require_at_least(self, 0, "warmup_steps", "head_weight_decay")
        require_at_least(self, 2, "batch_size")
        require_one_of("base", self.base, get_args(BaseLoss))
        require_one_of("device", self.device, get_args(Device))
        require_one_of("precision", self.precision, get_args(Precision))
        if self.micro_batch is not None:
            require_positive(self, "micro_batch")
        if self.alc and self.encoder.kind == "ngram":
            self.alc.check_dimension(self.encoder.dimension)
        if self.text_terms and self.labels.kind == "text":
            raise ConfigurationError(
                "text_terms compare the title with a label representation that adds to it, but "
                'labels.kind is "text"; choose another kind or leave text_terms out'
            )

    def as_dict(self) -> dict[str, Any]:
        """Return the settings as plain values, for the manifest."""
        plain: dict[str, Any] = json.loads(json.dumps(asdict(self)))
        return plain
