"""The optimisers of a run: AdamW, and sparse Adam for what has gradients of single rows."""

from __future__ import annotations

from collections.abc import Sequence

from torch import optim

from training.encoders.base import ParameterGroup
from training.optimiser.sparse_adam import SparseAdam


class Optimisers:
    """All optimisers, stepped together under one schedule."""

    def __init__(self, groups: Sequence[ParameterGroup], warmup_steps: int, steps: int) -> None:
        self.warmup_steps, self.steps = warmup_steps, steps
        dense = [_options(group) for group in groups if not group.sparse]
        sparse = [_options(group) for group in groups if group.sparse]
        self.members: list[optim.Optimizer] = []
        if dense:
            self.members.append(optim.AdamW(dense, fused=True))
        if sparse:
            self.members.append(SparseAdam(sparse))

    def zero_grad(self) -> None:
        """Forget all gradients."""
        for member in self.members:
            member.zero_grad()

    def step(self, done: int) -> None:
        """Update all parameters by the learning rates after `done` steps."""
        factor = learning_rate_factor(done, self.warmup_steps, self.steps)
        for member in self.members:
            for group in member.param_groups:
                group["lr"] = factor * group["peak_rate"]
            member.step()


def learning_rate_factor(done: int, warmup_steps: int, steps: int) -> float:
    """Return the share of the peak rate after `done` steps: up in the warm-up, then down to 0."""
    return min((done + 1) / max(warmup_steps, 1), 1.0) * (1 - done / steps)


def _options(group: ParameterGroup) -> dict[str, object]:
    options: dict[str, object] = {
        "params": list(group.parameters),
        "lr": group.learning_rate,
        "peak_rate": group.learning_rate,
    }
    return options if group.sparse else options | {"weight_decay": group.weight_decay}
