"""Tells right pairs from wrong ones: the query-label loss, and the last step of B2 and B3."""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional

from training.losses.pairs import pair_features


class PairClassifier(nn.Module):
    """One linear layer on the pair representation; class 1 is a right pair, class 0 a wrong one."""

    def __init__(self, dimension: int) -> None:
        super().__init__()
        self.classifier = nn.Linear(4 * dimension, 2)

    def forward(self, queries: Tensor, right: Tensor, wrong: Tensor, exists: Tensor) -> Tensor:
        """Return the mean cross-entropy over the pairs of B queries; all three are (B, d).

        A query whose `exists` (B,) is False has no wrong label and contributes its right pair only.
        """
        pairs = [pair_features(queries, right), pair_features(queries[exists], wrong[exists])]
        logits = self.classifier(torch.cat(pairs))
        targets = torch.zeros(len(logits), dtype=torch.long, device=logits.device)
        targets[: len(queries)] = 1
        return functional.cross_entropy(logits, targets)
