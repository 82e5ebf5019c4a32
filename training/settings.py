"""Settings of a training run."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal, get_args

from models.errors import ConfigurationError
from training.checks import require_at_least, require_one_of, require_positive
from training.encoders.settings import EncoderSettings, NgramSettings
from training.labels.settings import LabelSettings, TextLabelSettings
from training.loop.stopping_settings import StoppingSettings
from training.losses.alc import AlcSettings
from training.losses.names import BaseLoss
from training.losses.settings import (
    DynamicTripletSettings,
    TcmSettings,
    TextTermSettings,
    TripletSettings,
)
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
    """The same seed gives the same numbers, on one machine."""

    epochs: int = 4
    """Passes over the training queries."""

    batch_size: int = 512
    """Queries whose labels are each other's negatives."""

    encoder: EncoderSettings = field(default_factory=NgramSettings)
    """What turns a text into a vector."""

    labels: LabelSettings = field(default_factory=TextLabelSettings)
    """What a product is to the losses: its title, or more."""

    sampler: SamplerSettings = field(default_factory=SamplerSettings)
    """Which queries share a batch."""

    base: BaseLoss = "softmax"
    """The loss that ranks."""

    temperature: float = 0.05
    """Divides the cosines in the loss softmax."""

    triplet: TripletSettings = field(default_factory=TripletSettings)
    """The loss triplet (NGAME); used where base names it."""

    dynamic_triplet: DynamicTripletSettings = field(default_factory=DynamicTripletSettings)
    """The loss dynamic_triplet (PRIME); used where base names it."""

    text_terms: TextTermSettings | None = None
    """PRIME's losses on the title beside the label; needs labels that add to the title."""

    tcm: TcmSettings | None = field(default_factory=TcmSettings)
    """The loss that makes one threshold fit all products."""

    alc: AlcSettings | None = field(default_factory=AlcSettings)
    """The auxiliary losses on the hardest negatives."""

    head_learning_rate: float = 2e-2
    """Highest learning rate of the auxiliary heads."""

    head_weight_decay: float = 0.01
    """Weight decay of the auxiliary heads."""

    warmup_steps: int = 20
    """Steps over which the learning rates rise; then they fall linearly to zero."""

    micro_batch: int | None = None
    """Texts that pass through the encoder at a time, to save memory; false: all of a batch."""

    device: Device = "auto"
    """Where training runs; auto takes a GPU when there is one."""

    precision: Precision = "auto"
    """Of the encoder's arithmetic; auto takes bf16 on a GPU."""

    stopping: StoppingSettings | None = None
    """Stop early, by held-out queries that then certify nothing; false: all epochs."""

    def __post_init__(self) -> None:
        """Raise ConfigurationError naming the field that cannot be used."""
        require_positive(self, "epochs", "temperature", "head_learning_rate")
        require_at_least(self, 0, "seed", "warmup_steps", "head_weight_decay")
        require_at_least(self, 2, "batch_size")
        require_one_of("base", self.base, get_args(BaseLoss))
        require_one_of("device", self.device, get_args(Device))
        require_one_of("precision", self.precision, get_args(Precision))
        if self.micro_batch is not None:
            require_positive(self, "micro_batch")
        if self.encoder.kind == "ngram":
            self._check_dimension(self.encoder.dimension)
        if self.labels.kind == "text":
            self._refuse_losses_on_titles()

    def _refuse_losses_on_titles(self) -> None:
        if self.text_terms:
            raise ConfigurationError(
                "text_terms compare the title with a label representation that adds to it, but "
                'labels.kind is "text"; choose another kind or leave text_terms out'
            )
        if self.alc and self.alc.on_titles:
            raise ConfigurationError(
                "alc.on_titles applies alc to the title beside a label that adds to it, but "
                'labels.kind is "text"; choose another kind or leave alc.on_titles out'
            )

    def _check_dimension(self, dimension: int) -> None:
        if self.alc:
            self.alc.check_dimension(dimension)
        if self.labels.kind == "prototype":
            self.labels.check_dimension(dimension)
