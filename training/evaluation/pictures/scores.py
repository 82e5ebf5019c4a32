"""Scores of right products and of the hardest wrong ones, before and after."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from models.errors import DataError
from training.evaluation.pictures.style import (
    FONT_SIZE,
    RIGHT,
    WRONG,
    Picture,
    new_figure,
    plain_axes,
    png,
)
from training.evaluation.separation import EDGES, ScoreHistogram

PANEL_HEIGHT = 2.3


def score_picture(histograms: Sequence[ScoreHistogram]) -> Picture:
    """Return one panel per model, one under the other on the same scale of scores.

    Shows, over all test queries, the scores of the best right product and of the best wrong one.
    Read it: the less the two overlap, the more one threshold can automate; what a threshold leaves
    to its right of the wrong ones becomes errors. Act on it: two hills that overlap within one
    panel only on the left are queries for people; hills that lie on each other need a better model,
    wrong scores near 1 are most often duplicates in the catalogue. Raise DataError without any.
    """
    if not histograms:
        raise DataError("a picture of scores needs at least one model")
    figure = new_figure(PANEL_HEIGHT * len(histograms))
    panels = figure.subplots(len(histograms), 1, sharex=True, squeeze=False)[:, 0]
    for axes, one in zip(panels, histograms, strict=True):
        for counts, colour, label in (
            (one.right, RIGHT, "best right product"),
            (one.wrong, WRONG, "best wrong product"),
        ):
            axes.stairs(
                np.array(counts) / max(sum(counts), 1),
                EDGES,
                fill=True,
                color=colour,
                alpha=0.45,
                label=label,
            )
        axes.set_title(_title(one), loc="left", fontsize=FONT_SIZE)
        axes.set_ylabel("share of queries", fontsize=FONT_SIZE)
        plain_axes(axes)
    panels[0].legend(loc="upper left", frameon=False, fontsize=FONT_SIZE)
    panels[-1].set_xlabel("score (cosine)", fontsize=FONT_SIZE)
    panels[-1].set_xlim(_occupied(histograms))
    return Picture(
        file="scores.png",
        title="Scores of right and wrong products",
        png=png(figure),
        shows="For each test query, the score of its best right product (blue) and of its best"
        " wrong product (orange), counted over all queries. One panel for each model;"
        ' "before training" is the encoder that the training began with.',
        read="A threshold is a vertical line: wrong products to its right may become errors, right"
        " ones to its left go to a person. The less the two hills overlap, the more a single"
        " threshold can automate. The number in the heading is the chance that a right score lies"
        " above the wrong score of any other query: 1 is perfect, 0.5 is none.",
        act="Hills that lie on each other need a better model or richer texts. Wrong scores close"
        " to 1 are most often two entries for one product: run the catalogue check before training"
        " again. A long blue tail to the left is what people will have to answer.",
    )


def _title(one: ScoreHistogram) -> str:
    if one.right_above_wrong is None:
        return one.name
    return f"{one.name}: right above wrong {one.right_above_wrong:.3f}"


def _occupied(histograms: Sequence[ScoreHistogram]) -> tuple[float, float]:
    """Return the range of scores that has any query in any panel."""
    counts = np.sum([[one.right, one.wrong] for one in histograms], axis=(0, 1))
    bins = np.flatnonzero(counts)
    if not len(bins):
        return -1.0, 1.0
    return float(EDGES[bins[0]]), float(EDGES[bins[-1] + 1])
