"""Settings of the label representations."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True)
class TextLabelSettings:
    """The title alone."""

    kind: Literal["text"] = "text"
    """The title alone."""


LabelSettings = TextLabelSettings
