"""The threshold of each group beside the one that all share."""

from __future__ import annotations

import numpy as np
from matplotlib.axes import Axes

from training.evaluation.groups import GroupThreshold, GroupThresholds
from training.evaluation.pictures.style import (
    COLOURS,
    FONT_SIZE,
    MARKED,
    Picture,
    new_figure,
    plain_axes,
    png,
)

MOST_GROUPS = 30
LONGEST_NAME = 28
SMALLEST_DOT, LARGER_DOT = 20, 160
ROW_HEIGHT, FRAME_HEIGHT = 0.26, 1.0


def group_picture(found: GroupThresholds) -> Picture:
    """Return one row per group, the largest `MOST_GROUPS` of them, highest threshold on top.

    Shows which threshold each group of products would need for the target precision, and how many
    of its queries that would automate. Read it: the red line is the threshold that all share; for
    a group whose dot is to its right the shared one is too low, to its left too high. Act on it:
    dots far apart call for TCM, for more labels of the groups at the top, or for sending those to
    people.
    """
    largest = sorted(found.groups, key=lambda one: -one.queries)[:MOST_GROUPS]
    rows = [one for one in reversed(found.groups) if one in largest]
    figure = new_figure(FRAME_HEIGHT + ROW_HEIGHT * max(len(rows), 3))
    axes = figure.subplots()
    for at, one in enumerate(rows):
        _draw(axes, at, one)
    if found.shared_threshold is not None:
        axes.axvline(found.shared_threshold, color=MARKED, linewidth=1)
    axes.set_yticks(np.arange(len(rows)), [_label(one.name, one.queries) for one in rows])
    axes.set_ylim(-0.7, max(len(rows), 3) - 0.3)
    axes.set_xlabel(
        f"lowest threshold with precision {found.target_precision:.2f}", fontsize=FONT_SIZE
    )
    plain_axes(axes)
    return Picture(
        file=f"groups_{round(found.target_precision * 100)}.png",
        title=f"Thresholds of the groups at precision {found.target_precision:.2f}",
        png=png(figure),
        shows="The lowest threshold at which the answers of each group of products reach precision"
        f" {found.target_precision:.2f} on the test queries, with the number of its queries; a"
        " larger dot automates a larger share of the group. The red line is the threshold that all"
        f" groups share.{_left_out(found, len(rows))}",
        read="For a group right of the red line the shared threshold is too low: its answers are"
        " less precise than promised, which groups on the left make up for. For a group left of"
        " the line the shared threshold is stricter than needed and sends too much to people."
        " Groups of few queries scatter by chance.",
        act="Dots close to the line: one threshold serves all. Dots far apart: train with TCM,"
        " which is made for this; add labels or better titles for the groups furthest to the"
        " right, or have people look at them until the model knows them better.",
    )


def _draw(axes: Axes, at: int, one: GroupThreshold) -> None:
    if one.threshold is None:
        axes.annotate(
            "not reached",
            (0.99, at),
            xycoords=axes.get_yaxis_transform(),
            ha="right",
            va="center",
            color=MARKED,
            fontsize=FONT_SIZE,
        )
        return
    size = SMALLEST_DOT + LARGER_DOT * one.coverage
    axes.scatter(one.threshold, at, s=size, color=COLOURS[1], alpha=0.8)


def _label(name: str, queries: int) -> str:
    short = (
        name if len(name) <= LONGEST_NAME else f"{name[: LONGEST_NAME - 1]}\N{HORIZONTAL ELLIPSIS}"
    )
    # A dollar sign would start a formula.
    return f"{short} ({queries:,})".replace("$", r"\$")


def _left_out(found: GroupThresholds, shown: int) -> str:
    words = ""
    if shown < len(found.groups):
        words += f" The {shown} largest of {len(found.groups)} groups are drawn."
    if found.left_out:
        words += f" {found.left_out:,} queries belong to groups too small to judge."
    return words
