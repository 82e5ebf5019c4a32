"""Precision-coverage curves of several models, each over its seeds."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import cycle

from models.errors import DataError
from training.evaluation.bands import COVERAGE_GRID, CurveBand
from training.evaluation.pictures.style import (
    COLOURS,
    FONT_SIZE,
    Picture,
    new_figure,
    plain_axes,
    png,
)

LINES = ("solid", "dashed", "dotted", "dashdot")


def band_picture(bands: Sequence[CurveBand]) -> Picture:
    """Return one line per model, the mean over its seeds, in a band from lowest to highest.

    Shows how precise the answers of each model are for every share of automated queries. Read it:
    further to the upper right is better; where bands overlap, seeds differ as much as models. Act
    on it: choose by the curve at the precision you need, and only where the bands are apart. Raise
    DataError without any.
    """
    if not bands:
        raise DataError("a picture of curves needs at least one model")
    figure = new_figure(4.0 + 0.2 * len(bands))
    axes = figure.subplots()
    for at, (band, colour) in enumerate(zip(bands, cycle(COLOURS), strict=False)):
        style = LINES[at // len(COLOURS) % len(LINES)]
        label = f"{band.name} ({band.seeds} seed{'s' if band.seeds > 1 else ''})"
        axes.plot(COVERAGE_GRID, band.mean, color=colour, linestyle=style, label=label)
        axes.fill_between(
            COVERAGE_GRID, band.lowest, band.highest, color=colour, alpha=0.18, linewidth=0
        )
    axes.set(xlim=(0, 1))
    axes.set_xlabel("automation coverage (share answered without a person)", fontsize=FONT_SIZE)
    axes.set_ylabel("precision among them", fontsize=FONT_SIZE)
    plain_axes(axes)
    # Below the axes: with many models there is no empty corner.
    figure.legend(loc="outside lower center", ncols=2, frameon=False, fontsize=8)
    return Picture(
        file="curves.png",
        title="Precision-coverage curves on top of each other",
        png=png(figure),
        shows="For every share of the test queries that could be answered without a person, how"
        " many of those answers would be right. A line is the mean over the seeds of one model, the"
        " band around it reaches from its lowest seed to its highest.",
        read="Further to the upper right is better. Go along a height, say 0.95, to the right end"
        " of a line: that is about its C@1. Where two bands overlap, the choice of seed matters as"
        " much as the choice of model. The far left is made of few queries and means little.",
        act="Choose the model whose line is furthest right at the precision you must promise. Where"
        " the bands overlap there, take the simpler model or run more seeds before deciding.",
    )
