"""The base losses by name; without torch, so that the command line can list them at once."""

from __future__ import annotations

from typing import Literal

BaseLoss = Literal["softmax", "triplet", "dynamic_triplet"]
