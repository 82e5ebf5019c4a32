"""Recipes and their variants by name; light, so that the command line can list them at once."""

from __future__ import annotations

from enum import StrEnum
from typing import Literal

RecipeName = Literal["softmax", "ngame", "dexa", "prime"]


class Variant(StrEnum):
    """What is added to the base loss of a recipe."""

    NONE = "none"
    TCM = "tcm"
    ALC = "alc"
    BOTH = "alc+tcm"

    @property
    def has_tcm(self) -> bool:
        return self in (Variant.TCM, Variant.BOTH)

    @property
    def has_alc(self) -> bool:
        return self in (Variant.ALC, Variant.BOTH)
