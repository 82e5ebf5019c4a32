"""The specification of the interactive chart: what to draw of the rows, and what can be moved."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import altair as alt

from training.evaluation.pictures.style import COLOURS, MARKED, RIGHT
from training.evaluation.what_if import QUERIES_A_MONTH, SECONDS_A_TASK, WhatIf
from training.report.what_if.rows import chart_rows

Spec = dict[str, Any]

# The page widens the panels to what there is room for.
WIDTH, HEIGHT, WORDS_HEIGHT = 620, 150, 100
FONT, SOFT, GRID = "system-ui, sans-serif", "#5a6273", "#e3e7eb"
BAND = 0.22  # opacity of an interval
AXIS = "promised precision"

# `queries` and `seconds` are what is typed into the page; what is no number counts as 0.
HOURS = "max(0, queries) * max(0, seconds) / 3600"
# What the words say of the chosen row; one line each.
WORDS = (
    "'Promised ' + format(datum.target, '.3f') + ', confidence ' + format(datum.confidence, '.0%')",
    "datum.promised ? 'Labels: ' + format(datum.errors, ',.4~f') + ' of '"
    " + format(datum.accepted, ',') + ' accepted are wrong' : datum.refusal",
    "'Automated: ' + format(datum.coverage, '.1%') + ' (' + format(datum.coverage_low, '.1%')"
    " + ' to ' + format(datum.coverage_high, '.1%') + ')'",
    "datum.precision === null ? 'Test queries: none is automated' : 'Test queries: '"
    " + format(datum.precision, '.1%') + ' right (' + format(datum.precision_low, '.1%')"
    " + ' to ' + format(datum.precision_high, '.1%') + ')'",
    "'People: ' + format(datum.hours, ',.1f') + ' hours a month ('"
    " + format(datum.hours_low, ',.1f') + ' to ' + format(datum.hours_high, ',.1f') + ')'",
)


@dataclass(frozen=True, slots=True)
class _Measure:
    """One panel: a field with `_low` and `_high`, and how it is shown."""

    field: str
    title: str
    axis: str
    exact: str
    colour: str
    from_zero: bool = True


PRECISION = _Measure("precision", "right on test", ".0%", ".1%", RIGHT, from_zero=False)
COVERAGE = _Measure("coverage", "automated", ".0%", ".1%", COLOURS[1])
REVIEW = _Measure("hours", "hours a month", ",.0f", ",.1f", COLOURS[2])


def what_if_chart(rows: Sequence[WhatIf], target: float, confidence: float) -> Spec:
    """Return the Vega-Lite specification of the chart, opened at this target and confidence.

    A slider moves the target; confidence, queries a month and seconds a task can be chosen. Below
    the words come precision, automation coverage and hours, each against the target.
    """
    targets = sorted({one.target_precision for one in rows})
    confidences = sorted({one.confidence for one in rows})
    x = _promised(targets)
    panels = alt.vconcat(
        _words(),
        alt.layer(_diagonal(x), *_layers(PRECISION, x)).properties(width=WIDTH, height=HEIGHT),
        *(
            alt.layer(*_layers(one, x)).properties(width=WIDTH, height=HEIGHT)
            for one in (COVERAGE, REVIEW)
        ),
        data=alt.InlineData(values=chart_rows(rows)),
        transform=_transforms(),
        spacing=14,
    )
    start = min(targets, key=lambda one: abs(one - target))
    specification: Spec = (
        panels.add_params(
            alt.param(name="target", value=start, bind=_slider(targets)),
            alt.param(name="confidence", value=confidence, bind=_choice(confidences)),
            alt.param(name="queries", value=QUERIES_A_MONTH, bind=_number("queries a month")),
            alt.param(name="seconds", value=SECONDS_A_TASK, bind=_number("seconds a task takes")),
        )
        .configure(font=FONT)
        .configure_axis(labelFontSize=12, titleFontSize=12, gridColor=GRID)
        .configure_view(strokeOpacity=0)
        .to_dict()
    )
    return specification


def _slider(targets: Sequence[float]) -> alt.BindRange:
    step = round(targets[1] - targets[0], 6) if len(targets) > 1 else 0.01
    return alt.binding_range(min=targets[0], max=targets[-1], step=step, name=AXIS)


def _choice(confidences: Sequence[float]) -> alt.BindRadioSelect:
    labels = [f"{one:.0%}" for one in confidences]
    return alt.binding_select(options=list(confidences), labels=labels, name="confidence")


def _number(name: str) -> alt.BindInput:
    return alt.BindInput(input="number", name=name)


def _transforms() -> list[alt.Transform]:
    """Return the rows of the chosen confidence, with the hours that people work."""
    # Hours are of what is not automated: the ends of the interval change places.
    shares = {"hours": "coverage", "hours_low": "coverage_high", "hours_high": "coverage_low"}
    return [
        alt.FilterTransform("datum.confidence === confidence"),
        *(
            alt.CalculateTransform(calculate=f"(1 - datum.{share}) * {HOURS}", **{"as": name})
            for name, share in shares.items()
        ),
    ]


def _chosen() -> alt.Chart:
    """Return the one row under the slider, whose steps are not exact."""
    return alt.Chart().transform_filter("abs(datum.target - target) < 1e-4")


def _words() -> alt.Chart:
    lines = " + '\\n' + ".join(f"({one})" for one in WORDS)
    words: alt.Chart = (
        _chosen()
        .transform_calculate(sentence=lines)
        .mark_text(
            align="left", baseline="top", fontSize=13, lineBreak="\n", lineHeight=19, x=0, y=0
        )
        .encode(text="sentence:N")
        .properties(width=WIDTH, height=WORDS_HEIGHT)
    )
    return words


def _diagonal(x: alt.X) -> alt.Chart:
    """Return what is promised, as a dashed line."""
    line: alt.Chart = alt.Chart().mark_line(color=MARKED, strokeDash=[5, 4])
    return line.encode(x=x, y="target:Q")


def _layers(one: _Measure, x: alt.X) -> list[alt.Chart]:
    """Return the interval, the line, and where the slider is."""
    low, high = f"{one.field}_low:Q", f"{one.field}_high:Q"
    axis, scale = alt.Axis(format=one.axis), alt.Scale(zero=one.from_zero)
    y = alt.Y(f"{one.field}:Q", title=one.title, axis=axis, scale=scale)
    hints = [
        alt.Tooltip("target:Q", title="promised", format=".3f"),
        alt.Tooltip(f"{one.field}:Q", title=one.title, format=one.exact),
        alt.Tooltip(low, title="from", format=one.exact),
        alt.Tooltip(high, title="to", format=one.exact),
    ]
    band = alt.Chart().mark_area(color=one.colour, opacity=BAND)
    line = alt.Chart().mark_line(
        color=one.colour, point=alt.OverlayMarkDef(color=one.colour, size=16)
    )
    return [
        band.encode(x=x, y=alt.Y(low, title=one.title), y2=high),
        line.encode(x=x, y=y, tooltip=hints),
        _chosen().mark_rule(color=SOFT).encode(x=x),
        _chosen().mark_point(color=one.colour, filled=True, size=110, opacity=1).encode(x=x, y=y),
    ]


def _promised(targets: Sequence[float]) -> alt.X:
    scale = alt.Scale(domain=[targets[0], targets[-1]], nice=False)
    return alt.X("target:Q", title=AXIS, scale=scale, axis=alt.Axis(format=".2f"))
