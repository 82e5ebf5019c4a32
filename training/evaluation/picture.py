"""Precision against automation coverage as a picture.

Shows how precise the answers are for every share of queries that could be automated. Read it: a
curve further to the upper right is better, and where it crosses a dashed line is the oracle
C@1 of that target; a dot is what the certified threshold reached on the test queries. Act on it: a
dot far left of its crossing needs more calibration labels, a crossing far left a better model.
"""

from __future__ import annotations

import io
from collections.abc import Sequence
from itertools import cycle

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from training.evaluation.report import CalibratedCoverage, Evaluation

COLOURS = ("#9aa5b1", "#0b6e99", "#c2571a", "#4c8c2b", "#7a5195", "#c99a16")
MARKED = "#b3261e"
FEWEST = 50  # the first accepted queries: their precision is mostly chance


def precision_coverage_picture(title: str, evaluations: Sequence[Evaluation]) -> bytes:
    """Return a PNG with one curve per model; the last one's promises are marked on it."""
    figure = Figure(figsize=(8, 5), dpi=110, layout="constrained")
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
    axes.set(
        title=f"Precision of what is automated: {title}",
        xlabel="automation coverage (share of queries answered without a person)",
        ylabel="precision among them",
        xlim=(0, 1),
    )
    axes.grid(visible=True, color="#e3e7eb")
    axes.spines[["top", "right"]].set_visible(False)
    axes.legend(loc="lower left", frameon=False)
    buffer = io.BytesIO()
    figure.savefig(buffer, format="png", metadata={"Software": None})
    return buffer.getvalue()


def _mark(axes: Axes, one: CalibratedCoverage) -> None:
    target = one.promise.target_precision
    axes.axhline(target, color=MARKED, linewidth=0.8, linestyle=(0, (4, 4)), alpha=0.6)
    if one.promise.threshold is None or one.realised.precision is None:
        axes.annotate(
            f"{target:.2f}: cannot promise", (0.99, target), ha="right", va="bottom", color=MARKED
        )
        return
    point = (one.realised.automation_coverage, one.realised.precision)
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
    )
