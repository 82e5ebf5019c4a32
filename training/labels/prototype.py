"""A product is a prototype: its title, a free vector and its queries (PRIME, arXiv 2410.20401)."""

from __future__ import annotations

from typing import ClassVar

import torch
from torch import Tensor, nn
from torch.nn import functional

from training.encoders.base import ParameterGroup
from training.labels.base import LabelContext, LabelEmbeddings, LabelModule
from training.labels.centroids import build_centroids
from training.labels.settings import PrototypeLabelSettings
from training.labels.vector_table import VectorTable


class PrototypeLabels(LabelModule):
    """norm(mean over the tokens of layer([u, v, z])), the label prototype network.

    u is the title's raw embedding, v the free vector and z the centroid, which is the title's unit
    embedding where no training query names the product. The layer has no positions: a token is
    known by what it holds.
    """

    uses_queries: ClassVar[bool] = True

    def __init__(self, context: LabelContext, settings: PrototypeLabelSettings) -> None:
        super().__init__()
        settings.check_dimension(context.dimension)
        self.settings = settings
        self.vectors = VectorTable(context, settings.vectors)
        self.centroids = build_centroids(context, settings)
        self.layer = _layer(context, settings)

    def forward(self, raw: Tensor, products: Tensor) -> LabelEmbeddings:
        """Return the embeddings of these product rows (U,); `raw` (U, d) are their titles'."""
        text = functional.normalize(raw, dim=1)
        tokens = [raw, self.vectors(products), self._centroids(products, text.detach())]
        mixed: Tensor = self.layer(torch.stack(tokens, dim=1)).mean(dim=1)
        return LabelEmbeddings(functional.normalize(mixed, dim=1), text, mixed)

    def parameter_groups(self) -> tuple[ParameterGroup, ...]:
        """Return the table, the layer's matrices, and without decay its biases and norms."""
        rate = self.settings.learning_rate
        matrices = tuple(one for one in self.layer.parameters() if one.ndim > 1)
        others = tuple(one for one in self.layer.parameters() if one.ndim == 1)
        return (
            *self.vectors.parameter_groups(),
            ParameterGroup(matrices, rate, self.settings.weight_decay),
            ParameterGroup(others, rate),
        )

    def observe(self, queries: Tensor, products: Tensor) -> None:
        """Let the centroids follow what a step has seen."""
        self.centroids.observe(queries, products)

    def refresh(self, queries: Tensor) -> None:
        """Let the centroids follow the embeddings of all training queries."""
        self.centroids.refresh(queries)

    def _centroids(self, products: Tensor, titles: Tensor) -> Tensor:
        known: Tensor = self.centroids(products, titles)
        if not self.training or not self.settings.centroid_dropout:
            return known
        dropped = torch.rand(len(products), 1, device=products.device)
        return torch.where(dropped < self.settings.centroid_dropout, titles, known)


def _layer(context: LabelContext, settings: PrototypeLabelSettings) -> nn.TransformerEncoderLayer:
    layer = nn.TransformerEncoderLayer(
        context.dimension,
        settings.attention_heads,
        settings.feedforward,
        settings.dropout,
        activation="gelu",
        batch_first=True,
    )
    if settings.zero_start:
        # Both residual branches are silent: the prototype starts near the title and the queries.
        for last in (layer.self_attn.out_proj, layer.linear2):
            nn.init.zeros_(last.weight)
            nn.init.zeros_(last.bias)
    return layer
