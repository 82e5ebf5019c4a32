"""A product is its title and a free vector (DEXA, Dahiya et al., KDD 2023)."""

from __future__ import annotations

from torch import Tensor
from torch.nn import functional

from training.encoders.base import ParameterGroup
from training.labels.base import LabelContext, LabelEmbeddings, LabelModule
from training.labels.settings import FreeVectorLabelSettings
from training.labels.vector_table import VectorTable


class FreeVectorLabels(LabelModule):
    """norm( norm(u) + v ): u the title's raw embedding, v the free vector.

    The title is made a unit vector first: encoders differ in the length of raw embeddings, and the
    share of v in the sum would differ with them.
    """

    def __init__(self, context: LabelContext, settings: FreeVectorLabelSettings) -> None:
        super().__init__()
        self.vectors = VectorTable(context, settings.vectors)

    def forward(self, raw: Tensor, products: Tensor) -> LabelEmbeddings:
        """Return the embeddings of these product rows (U,); `raw` (U, d) are their titles'."""
        text = functional.normalize(raw, dim=1)
        summed = text + self.vectors(products)
        return LabelEmbeddings(functional.normalize(summed, dim=1), text, summed)

    def parameter_groups(self) -> tuple[ParameterGroup, ...]:
        """Return the table of the free vectors."""
        return self.vectors.parameter_groups()
