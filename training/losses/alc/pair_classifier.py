"""Tells right pairs from wrong ones: the query-label loss, and the last step of B2 and B3."""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional

from training.losses.pair_linear import pair_linear

LEFT_OUT = -100


class PairClassifier(nn.Module):
    """One linear layer on the pair representation; class 1 is a right pair, class 0 a wrong one."""

    def __init__(self, dimension: int) -> None:
        super().__init__()
        self.classifier = nn.Linear(4 * dimension, 2)

    def forward(
        self, queries: Tensor, labels: Tensor, right: Tensor, wrong: Tensor, exists: Tensor
    ) -> Tensor:
        """Return the mean cross-entropy over the pairs of B queries.

        `right` and `wrong` (B,) are rows of `labels`. A query whose `exists` (B,) is False has no
        wrong label and contributes its right pair only.
        """
        logits = pair_linear(self.classifier, queries, labels, torch.stack([right, wrong], dim=1))
        targets = torch.stack([torch.ones_like(right), torch.zeros_like(wrong)], dim=1)
        targets[:, 1].masked_fill_(~exists, LEFT_OUT)
        return functional.cross_entropy(
            logits.flatten(0, 1), targets.flatten(), ignore_index=LEFT_OUT
        )
