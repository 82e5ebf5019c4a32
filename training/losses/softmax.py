"""Decoupled softmax over the batch's labels (DEXML, arXiv 2310.10636; one positive a query)."""

from __future__ import annotations

import torch
from torch import Tensor
from torch.nn import functional

from training.losses.batch import EmbeddedBatch


def decoupled_softmax(batch: EmbeddedBatch, similarities: Tensor, temperature: float) -> Tensor:
    """Return the mean over queries of -log softmax of the sampled positive.

    The denominator has the sampled positive and the wrong labels; other right labels are left out.
    """
    others = ~batch.wrong
    others[torch.arange(len(others), device=others.device), batch.positives] = False
    logits = (similarities / temperature).masked_fill(others, -torch.inf)
    return functional.cross_entropy(logits, batch.positives)
