"""A product is its title (NGAME, Dahiya et al., WSDM 2023)."""

from __future__ import annotations

from torch import Tensor
from torch.nn import functional

from training.labels.base import LabelEmbeddings, LabelModule


class TextLabels(LabelModule):
    """The unit embedding of the title, and nothing else."""

    def forward(self, raw: Tensor, products: Tensor) -> LabelEmbeddings:  # noqa: ARG002
        unit = functional.normalize(raw, dim=1)
        return LabelEmbeddings(unit, unit, raw)
