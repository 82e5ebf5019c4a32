"""What all pictures have in common: their form, their size and their colours."""

from __future__ import annotations

import io
from dataclasses import dataclass

from matplotlib.axes import Axes
from matplotlib.figure import Figure

COLOURS = ("#9aa5b1", "#0b6e99", "#c2571a", "#4c8c2b", "#7a5195", "#c99a16")
MARKED = "#b3261e"
RIGHT, WRONG = "#0b6e99", "#c2571a"
# Small and dense, so that the words can still be read on a telephone.
SIZE = (6.0, 4.4)
DOTS_PER_INCH = 150
FONT_SIZE = 9


@dataclass(frozen=True, slots=True)
class Picture:
    """A PNG with the words for those who have not seen its kind before, or cannot see it."""

    file: str
    title: str
    png: bytes
    shows: str
    read: str
    act: str


def new_figure(height: float = SIZE[1]) -> Figure:
    """Return an empty figure of the common width."""
    return Figure(figsize=(SIZE[0], height), dpi=DOTS_PER_INCH, layout="constrained")


def plain_axes(axes: Axes) -> None:
    """Take away what carries no information, and add a light grid."""
    axes.grid(visible=True, color="#e3e7eb")
    axes.set_axisbelow(True)
    axes.spines[["top", "right"]].set_visible(False)
    axes.tick_params(labelsize=FONT_SIZE)


def png(figure: Figure) -> bytes:
    """Return the picture's bytes, the same for the same picture."""
    buffer = io.BytesIO()
    figure.savefig(buffer, format="png", metadata={"Software": None})
    return buffer.getvalue()
