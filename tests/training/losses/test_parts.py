from __future__ import annotations

import torch

from training.losses.parts import LossParts, LossTensors


def test_numbers_are_those_of_the_tensors_and_counts_are_whole() -> None:
    tensors = LossTensors(
        base=torch.tensor(0.5, requires_grad=True),
        tcm=torch.tensor(0.25, dtype=torch.bfloat16),
        active_positives=torch.tensor(3),
        active_negatives=torch.tensor(2**25 + 1),  # more than float32 can count
    )

    parts = tensors.fetch()

    assert parts == LossParts(0.5, 0.25, 3, 2**25 + 1)
    assert isinstance(parts.active_positives, int)


def test_what_is_switched_off_is_none() -> None:
    assert LossTensors(torch.tensor(1.0)).fetch() == LossParts(1.0)
