from __future__ import annotations

import math
from dataclasses import replace

import pytest
import torch
from torch import nn

from tests.training.losses.alc.heads import SETTINGS, alc, only_products, values
from tests.training.losses.example import small_batch
from training.losses.alc.candidates import CandidateRanking, SetAttention, SharedHead


def attention() -> SetAttention:
    head = alc(dimension=8).query_batch
    assert isinstance(head, CandidateRanking)
    assert isinstance(head.scorer, SetAttention)
    return head.scorer


def test_value_of_the_shared_head_worked_out_by_hand() -> None:
    """A head that returns gelu(cosine): q0 has 0.6 against 0.8 and 0, q1 has 1 against -0.6."""
    losses = alc(replace(SETTINGS, head="shared_head"))
    head = losses.query_batch
    assert isinstance(head, CandidateRanking)
    assert isinstance(head.scorer, SharedHead)
    only_products(head.scorer.first, row=0)
    nn.init.constant_(head.scorer.last.weight, 1.0)
    nn.init.zeros_(head.scorer.last.bias)

    _, query_batch = values(losses, small_batch())

    def gelu(x: float) -> float:
        return x * 0.5 * (1 + math.erf(x / math.sqrt(2)))

    def cost(right: float, *wrong: float) -> float:
        powers = [math.exp(gelu(x)) for x in (right, *wrong)]
        return -math.log(powers[0] / sum(powers))

    expected = (cost(0.6, 0.8, 0.0) + cost(1.0, -0.6)) / 2
    assert query_batch == pytest.approx(expected, rel=1e-5)


def scores(head: SetAttention, columns: list[int]) -> list[float]:
    """Score these of five labels as the candidates of one query."""
    torch.manual_seed(2)
    query, labels = torch.randn(1, 8), torch.randn(5, 8)
    exists = torch.ones(1, len(columns), dtype=torch.bool)
    found: list[float] = head(query, labels, torch.tensor([columns]), exists)[0].tolist()
    return found


def test_attention_does_not_read_the_position() -> None:
    """Construction B1 is set-equivariant: reordering candidates reorders the scores."""
    head = attention()

    first, second, third, fourth = scores(head, [0, 1, 2, 3])

    assert scores(head, [2, 0, 3, 1]) == pytest.approx([third, first, fourth, second], abs=1e-6)


def test_attention_lets_candidates_see_each_other() -> None:
    head = attention()

    assert scores(head, [0, 1, 2])[0] != pytest.approx(scores(head, [0, 1, 4])[0])
