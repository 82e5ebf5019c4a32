from __future__ import annotations

from collections.abc import Callable

import pytest
import torch
from torch import Tensor, optim

from training.optimiser.sparse_adam import SparseAdam

ROWS = 700  # more than one block


def gradients(steps: int) -> list[Tensor]:
    """Each step's has about half of the rows, some of them twice."""
    generator = torch.Generator().manual_seed(0)
    found = []
    for _ in range(steps):
        rows = torch.randint(0, ROWS, (ROWS,), generator=generator)
        values = torch.randn(ROWS, 5, generator=generator)
        found.append(torch.sparse_coo_tensor(rows[None], values, (ROWS, 5), check_invariants=True))
    return found


def table() -> Tensor:
    start = torch.randn(ROWS, 5, generator=torch.Generator().manual_seed(1))
    return start.requires_grad_()


def after_steps(make: Callable[[list[Tensor]], optim.Optimizer], steps: list[Tensor]) -> Tensor:
    moved = table()
    optimiser = make([moved])
    for gradient in steps:
        moved.grad = gradient
        optimiser.step()
    return moved.detach()


@pytest.mark.parametrize(
    "options",
    [{}, {"lr": 0.1}, {"betas": (0.5, 0.9)}, {"eps": 0.1}, {"maximize": True}],
    ids=["defaults", "lr", "betas", "eps", "maximize"],
)
def test_equal_to_the_optimiser_of_torch(options: dict[str, object]) -> None:
    steps = gradients(4)

    ours = after_steps(lambda one: SparseAdam(one, **options), steps)  # type: ignore[arg-type]
    theirs = after_steps(lambda one: optim.SparseAdam(one, **options), steps)  # type: ignore[arg-type]

    assert torch.allclose(ours, theirs, atol=1e-6)
    assert not torch.allclose(ours, table(), atol=1e-3)


def test_a_run_goes_on_from_a_stored_state() -> None:
    steps = gradients(4)
    through = after_steps(SparseAdam, steps)

    first = table()
    before = SparseAdam([first])
    for gradient in steps[:2]:
        first.grad = gradient
        before.step()
    after = SparseAdam([first])
    after.load_state_dict(before.state_dict())
    for gradient in steps[2:]:
        first.grad = gradient
        after.step()

    assert torch.equal(first.detach(), through)


def test_rows_without_a_gradient_stay() -> None:
    (gradient,) = gradients(1)

    moved = after_steps(lambda one: SparseAdam(one, lr=0.1), [gradient])

    still = torch.ones(ROWS, dtype=torch.bool)
    still[gradient.coalesce().indices()[0]] = False
    assert bool(still.any())
    assert torch.equal(moved[still], table().detach()[still])


def test_a_parameter_without_a_gradient_and_an_empty_gradient_change_nothing() -> None:
    empty = torch.sparse_coo_tensor(
        torch.empty(1, 0), torch.empty(0, 5), (ROWS, 5), check_invariants=True
    )

    assert torch.equal(after_steps(SparseAdam, [empty]), table().detach())
    SparseAdam([table()]).step()


def test_a_dense_gradient_is_refused() -> None:
    with pytest.raises(RuntimeError, match="sparse"):
        after_steps(SparseAdam, [torch.ones(ROWS, 5)])


def test_a_closure_is_evaluated_with_gradients() -> None:
    moved = table()
    moved.grad = gradients(1)[0]

    def loss() -> float:
        return float(torch.is_grad_enabled())

    assert SparseAdam([moved]).step(loss) == 1.0
