"""Precision against automation coverage, with the promises on it."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import cycle

from matplotlib.axes import Axes

from training.evaluation.pictures.style import (
    COLOURS,
    FONT_SIZE,
    MARKED,
    Picture,
    new_figure,
    plain_axes,
    png,
)
from training.evaluation.promised import CalibratedCoverage
from training.evaluation.report import Evaluation

FEWEST = 50  # the first accepted queries: their precision is mostly chance


def precision_coverage_picture(evaluations: Sequence[Evaluation]) -> Picture:
    """Return one curve per model; the last one's promises are marked on it.

    Shows how precise the answers are for every share of queries that could be automated. Read it:
    a curve further to the upper right is better, and where it crosses a dashed line is the oracle
    C@1 of that target; a dot is what the certified threshold reached on the test queries. Act on
    it: a dot far left of its crossing needs more calibration labels, a crossing far left a better
    model.
    """
    figure = new_figure()
    axes = figure.subplots()
    for evaluation, colour in zip(evaluations, cycle(COLOURS), strict=False):
        shown = evaluation.curve.coverage >= FEWEST / evaluation.queries
        axes.plot(
            evaluation.curve.coverage[shown],
            evaluation.curve.precision[shown],
            color=colour,
            label=f"{evaluation.name}  (P@1 {evaluation.precision_at_1:.3f})",
        )
    for one in evaluations[-1].calibrated:
        _mark(axes, one)
    axes.set(xlim=(0, 1))
    axes.set_xlabel("automation coverage (share answered without a person)", fontsize=FONT_SIZE)
    axes.set_ylabel("precision among them", fontsize=FONT_SIZE)
    plain_axes(axes)
    axes.legend(loc="lower left", frameon=False, fontsize=FONT_SIZE)
    return Picture(
        file="precision_coverage.png",
        title="Precision of what is automated",
        png=png(figure),
        shows="For every share of the test queries that could be answered without a person, how"
        " many of those answers would be right. One curve for each model; the red marks are the"
        f" promises of {evaluations[-1].name}.",
        read="Further to the upper right is better. Where a curve crosses a dashed line lies its"
        " oracle C@1 for that precision, with a threshold that knew the test labels. A dot is what"
        " the promised threshold reached without knowing them.",
        act="Is a dot far to the left of where its curve crosses the line, label more calibration"
        " queries. Does the curve cross the line far to the left, labels will not help: improve the"
        " model, or clean the catalogue first (see the most confident errors).",
    )


def _mark(axes: Axes, one: CalibratedCoverage) -> None:
    target = one.promise.target_precision
    axes.axhline(target, color=MARKED, linewidth=0.8, linestyle=(0, (4, 4)), alpha=0.6)
    realised = one.realised
    if realised is None:
        return
    if not one.automates or realised.precision is None:
        axes.annotate(
            f"{target:.2f}: cannot promise",
            (0.99, target),
            ha="right",
            va="bottom",
            color=MARKED,
            fontsize=FONT_SIZE,
        )
        return
    point = (realised.automation_coverage, realised.precision)
    axes.plot(*point, marker="o", color=MARKED, linestyle="none")
    # Under the falling curve, on the side where the picture has room.
    to_the_left = point[0] > 0.5
    axes.annotate(
        f"promised {target:.2f}: {point[0]:.0%} automated at {point[1]:.3f}",
        point,
        xytext=(-8, -12) if to_the_left else (8, 8),
        textcoords="offset points",
        ha="right" if to_the_left else "left",
        color=MARKED,
        bbox={"facecolor": "white", "edgecolor": "none", "alpha": 0.85, "pad": 1.5},
        fontsize=FONT_SIZE,
    )
