"""The training objective: base loss + TCM + ALC on one batch."""

from __future__ import annotations

from dataclasses import replace

from torch import Tensor, nn

from training.encoders.base import ParameterGroup
from training.losses.alc.loss import Alc
from training.losses.base import base_loss
from training.losses.batch import EmbeddedBatch
from training.losses.parts import LossTensors
from training.losses.tcm import threshold_consistent_margin
from training.settings import TrainingSettings


class Objective(nn.Module):
    """L = L_base + L_TCM + L_xe (docs/method.md, Objective); holds the auxiliary heads."""

    def __init__(self, settings: TrainingSettings, dimension: int) -> None:
        super().__init__()
        self.settings = settings
        if settings.alc:
            settings.alc.check_dimension(dimension)
        self.alc = Alc(dimension, settings.alc) if settings.alc else None

    def parameter_groups(self) -> tuple[ParameterGroup, ...]:
        """Return the parameters of the auxiliary heads, if there are any."""
        heads = tuple(self.parameters())
        rate, decay = self.settings.head_learning_rate, self.settings.head_weight_decay
        return (ParameterGroup(heads, rate, decay),) if heads else ()

    def forward(self, batch: EmbeddedBatch) -> tuple[Tensor, LossTensors]:
        """Return the loss to minimise and its parts, without gradients."""
        similarities = batch.similarities
        base = base_loss(batch, similarities, self.settings)
        total, losses = base, LossTensors(base.detach())
        if self.settings.tcm:
            tcm = threshold_consistent_margin(batch, similarities, self.settings.tcm)
            total = total + tcm.value
            losses = replace(
                losses,
                tcm=tcm.value.detach(),
                active_positives=tcm.active_positives,
                active_negatives=tcm.active_negatives,
            )
        if self.alc is not None:
            alc = self.alc(batch, similarities)
            total = total + alc.value
            losses = replace(losses, query_label=alc.query_label, query_batch=alc.query_batch)
        return total, losses
