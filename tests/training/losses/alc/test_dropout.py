from __future__ import annotations

import pytest
import torch

from training.losses.alc.dropout import dropout_mask, dropped, plus_dropped

MANY = torch.ones(401, 997)  # not a multiple of the four numbers that one draw serves


@pytest.mark.parametrize("share", [0.1, 0.5, 0.9])
def test_the_share_is_dropped_and_the_mean_is_kept(share: float) -> None:
    """Of 400,000 numbers: 5 standard deviations of the share are below 0.004."""
    torch.manual_seed(0)

    mask = dropout_mask(MANY, share)

    assert mask.shape == MANY.shape
    assert (mask == 0).float().mean().item() == pytest.approx(share, abs=0.004)
    assert torch.unique(mask[mask > 0]).tolist() == pytest.approx([1 / (1 - share)], rel=1e-4)


def test_what_is_dropped_does_not_depend_on_the_place() -> None:
    """Neighbours share a draw: were its parts not independent, pairs would be dropped together."""
    torch.manual_seed(0)

    lost = (dropout_mask(MANY, 0.5) == 0).flatten().float()

    for distance in (1, 2, 3, 4):
        both = (lost[distance:] * lost[:-distance]).mean().item()
        assert both == pytest.approx(0.25, abs=0.004)


def test_the_seed_of_torch_draws_it() -> None:
    def drawn(seed: int) -> list[float]:
        torch.manual_seed(seed)
        return dropout_mask(torch.ones(50), 0.3).tolist()

    assert drawn(1) == drawn(1)
    assert drawn(1) != drawn(2)


def test_a_dropped_number_gets_no_gradient_and_the_base_all_of_it() -> None:
    torch.manual_seed(0)
    base, added = torch.zeros(1000, requires_grad=True), torch.ones(1000, requires_grad=True)

    total = plus_dropped(base, added, 0.25)
    to_base, to_added = torch.autograd.grad(total.sum(), [base, added])

    assert torch.equal(to_base, torch.ones(1000))
    assert torch.equal(to_added, total.detach())
    assert 0 < int((to_added == 0).sum()) < 1000


@pytest.mark.parametrize("share", [0.0, 1e-9])
def test_nothing_is_dropped_where_the_share_is_none(share: float) -> None:
    values = torch.randn(10)

    assert torch.equal(dropped(values, share), values)
    assert torch.equal(plus_dropped(values, values, share), 2 * values)
