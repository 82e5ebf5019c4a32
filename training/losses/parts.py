"""The parts of the loss of one batch, for people."""

from __future__ import annotations

from dataclasses import dataclass, fields

import torch
from torch import Tensor


@dataclass(frozen=True, slots=True)
class LossParts:
    """The parts of the loss before weighting, and TCM's violating pairs; None: switched off."""

    base: float
    tcm: float | None = None
    active_positives: int | None = None
    active_negatives: int | None = None
    query_label: float | None = None
    query_batch: float | None = None


@dataclass(frozen=True, slots=True, eq=False)
class LossTensors:
    """The same where it was computed: to read a number there, a GPU has to be waited for."""

    base: Tensor
    tcm: Tensor | None = None
    active_positives: Tensor | None = None
    active_negatives: Tensor | None = None
    query_label: Tensor | None = None
    query_batch: Tensor | None = None

    def fetch(self) -> LossParts:
        """Return the numbers; this waits for the device, once for all of them."""
        named = {one.name: getattr(self, one.name) for one in fields(self)}
        used = {name: value for name, value in named.items() if value is not None}
        numbers = torch.stack([value.detach().double() for value in used.values()]).tolist()
        parts = dict(zip(used, numbers, strict=True))
        counts = {name: int(one) for name, one in parts.items() if name.startswith("active")}
        return LossParts(**(parts | counts))
