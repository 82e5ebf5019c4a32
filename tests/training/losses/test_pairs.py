from __future__ import annotations

import torch

from training.losses.pairs import pair_features


def test_four_blocks_in_the_order_of_the_paper() -> None:
    features = pair_features(torch.tensor([[1.0, -2.0]]), torch.tensor([[3.0, 4.0]]))

    assert features.tolist() == [[1, -2, 3, 4, 2, 6, 3, -8]]


def test_one_query_is_paired_with_each_of_its_labels() -> None:
    features = pair_features(torch.ones(2, 1, 3), torch.zeros(2, 5, 3))

    assert features.shape == (2, 5, 12)
