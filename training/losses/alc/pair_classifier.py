"""Tells right pairs from wrong ones: the query-label loss, and the last step of B2 and B3."""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional

from training.losses.alc.pair_layer import pair_layer
from training.losses.alc.settings import AlcSettings
from training.losses.pair_linear import pair_linear


class PairClassifier(nn.Module):
    """One or two layers on the pair representation; class 1 is a right pair, class 0 a wrong one.

    `last` is None where the first layer is the only one.
    """

    def __init__(self, dimension: int, settings: AlcSettings) -> None:
        super().__init__()
        hidden = settings.width if settings.classifier == "mlp" else None
        self.classifier = pair_layer(dimension, hidden or 2, settings)
        self.last = nn.Linear(hidden, 2) if hidden else None

    def forward(
        self, queries: Tensor, labels: Tensor, right: Tensor, wrong: Tensor, exists: Tensor
    ) -> Tensor:
        """Return the mean cross-entropy over the right pairs and the wrong ones of B queries.

        `right` (B,) and `wrong` (B, k) are rows of `labels`; `exists` (B, k) is False where a
        query has fewer wrong labels. A query's wrong pairs together count as one pair, and a query
        without any contributes its right pair only.
        """
        columns = torch.cat([right[:, None], wrong], dim=1)
        targets = torch.zeros_like(columns)
        targets[:, 0] = 1
        logits = self._logits(queries, labels, columns)
        costs = functional.cross_entropy(
            logits.flatten(0, 1), targets.flatten(), reduction="none"
        ).view_as(columns)
        of_wrong = exists / exists.sum(dim=1, keepdim=True).clamp(min=1)
        weights = torch.cat([torch.ones_like(of_wrong[:, :1]), of_wrong], dim=1)
        return (costs * weights).sum() / weights.sum()

    def _logits(self, queries: Tensor, labels: Tensor, columns: Tensor) -> Tensor:
        first = pair_linear(self.classifier, queries, labels, columns)
        if self.last is None:
            return first
        logits: Tensor = self.last(functional.gelu(first))
        return logits
