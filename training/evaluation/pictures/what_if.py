"""What other promises would bring: precision, automation coverage and hours against the target."""

from __future__ import annotations

from collections.abc import Sequence

from matplotlib.axes import Axes

from models.errors import DataError
from training.evaluation.pictures.style import (
    COLOURS,
    FONT_SIZE,
    MARKED,
    RIGHT,
    Picture,
    new_figure,
    plain_axes,
    png,
)
from training.evaluation.what_if import QUERIES_A_MONTH, SECONDS_A_TASK, WhatIf, review_hours

HEIGHT = 6.4
BAND = 0.22


def what_if_picture(rows: Sequence[WhatIf]) -> Picture:
    """Return three panels over the promised precision, of rows of one confidence, lowest first.

    Shows what the stored calibration would promise and what that would automate. Read it: go along
    a precision from top to bottom. Act on it: promise what you need; where coverage drops to 0,
    label more queries or promise less. Raise DataError without any.
    """
    if not rows:
        raise DataError("a picture of other promises needs at least one")
    figure = new_figure(HEIGHT)
    precision, coverage, hours = figure.subplots(3, 1, sharex=True)
    targets = [one.target_precision for one in rows]
    _draw_precision(precision, rows)
    shares = [one.automation_coverage for one in rows]
    low, high = zip(*(one.automation_coverage_interval for one in rows), strict=True)
    coverage.fill_between(targets, low, high, color=COLOURS[1], alpha=BAND, linewidth=0)
    coverage.plot(targets, shares, color=COLOURS[1])
    coverage.set_ylim(0, 1)
    hours.plot(targets, [review_hours(one) for one in shares], color=COLOURS[2])
    hours.set_ylim(bottom=0)
    hours.set_xlabel("promised precision", fontsize=FONT_SIZE)
    for axes, label in (
        (precision, "right on test"),
        (coverage, "automated"),
        (hours, "hours a month"),
    ):
        axes.set_ylabel(label, fontsize=FONT_SIZE)
        plain_axes(axes)
    return Picture(
        file="what_if.png",
        title="What another promise would bring",
        png=png(figure),
        shows="For each precision that could be promised with"
        f" {rows[0].confidence:.0%} confidence: how many of the automated test queries are right,"
        " beside the dashed line of what is promised; the share of queries that would be automated;"
        f" and the hours that people would work, at {QUERIES_A_MONTH:,} queries a month and"
        f" {SECONDS_A_TASK:g} seconds for each that is not automated.",
        read="Go from a precision on the lowest axis upwards. Where the automated share drops to 0,"
        " the calibration queries cannot certify that precision, and everything goes to people."
        " Bands are 95 % intervals.",
        act="Promise what an error costs you, not where the curve looks best. Is the precision that"
        " you need just beyond the drop, label more calibration queries and calibrate again"
        " (alc-train calibrate). Other confidences, amounts and seconds are in the interactive"
        " chart, what_if.html.",
    )


def _draw_precision(axes: Axes, rows: Sequence[WhatIf]) -> None:
    known = [
        (one.target_precision, one.precision, *one.precision_interval)
        for one in rows
        if one.precision is not None
    ]
    if known:
        targets, precisions, low, high = zip(*known, strict=True)
        axes.fill_between(targets, low, high, color=RIGHT, alpha=BAND, linewidth=0)
        axes.plot(targets, precisions, color=RIGHT)
    ends = (rows[0].target_precision, rows[-1].target_precision)
    axes.plot(ends, ends, color=MARKED, linewidth=1, linestyle=(0, (4, 4)))
