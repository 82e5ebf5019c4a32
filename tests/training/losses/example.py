"""A batch small enough to work out by hand."""

from __future__ import annotations

import torch

from training.losses.batch import EmbeddedBatch


def small_batch() -> EmbeddedBatch:
    """Two queries and three labels in the plane.

    q0 = (1, 0), q1 = (0, 1); l0 = (0.6, 0.8), l1 = (0, 1), l2 = (0.8, -0.6). Cosines:

        q0: 0.6  0.0   0.8
        q1: 0.8  1.0  -0.6

    l0 was sampled for q0, l1 for q1; l0 is right for q1 as well.
    """
    return EmbeddedBatch(
        queries=torch.tensor([[1.0, 0.0], [0.0, 1.0]]),
        labels=torch.tensor([[0.6, 0.8], [0.0, 1.0], [0.8, -0.6]]),
        relevance=torch.tensor([[True, False, False], [True, True, False]]),
        positives=torch.tensor([0, 1]),
    )
