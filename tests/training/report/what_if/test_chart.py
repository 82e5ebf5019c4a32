"""The chart is data and a specification; nothing needs to be drawn to look at them."""

from __future__ import annotations

from functools import cache
from typing import Any

from altair.vegalite import SCHEMA_VERSION

from tests.training.report.example import WHAT_IF
from training.report.what_if.chart import Spec, what_if_chart
from training.report.what_if.page import script
from training.report.what_if.rows import chart_rows


@cache
def specification() -> Spec:
    return what_if_chart(WHAT_IF, target=0.86, confidence=0.9)


def parameters() -> dict[str, dict[str, Any]]:
    return {one["name"]: one for one in specification()["params"]}


def test_the_data_are_all_rows_once() -> None:
    found = specification()
    assert list(found["datasets"].values()) == [chart_rows(WHAT_IF)]
    assert str(found).count("'refusal'") == len(WHAT_IF)


def test_a_slider_reaches_every_target_and_starts_at_the_nearest_one() -> None:
    slider = parameters()["target"]
    assert slider["value"] == 0.85
    assert {name: slider["bind"][name] for name in ("input", "min", "max", "step")} == {
        "input": "range",
        "min": 0.8,
        "max": 0.9,
        "step": 0.05,
    }


def test_confidence_and_the_cost_of_a_task_can_be_chosen() -> None:
    found = parameters()
    assert found["confidence"]["bind"]["options"] == [0.9, 0.95]
    assert found["confidence"]["value"] == 0.9
    assert (found["queries"]["value"], found["seconds"]["value"]) == (10_000, 20)
    assert found["queries"]["bind"]["input"] == found["seconds"]["bind"]["input"] == "number"


def test_only_the_chosen_confidence_is_drawn() -> None:
    first, *hours = specification()["transform"]
    assert first == {"filter": "datum.confidence === confidence"}
    assert {one["as"] for one in hours} == {"hours", "hours_low", "hours_high"}
    for one in hours:
        assert "queries" in one["calculate"]
        assert "seconds" in one["calculate"]


def test_there_are_words_and_a_panel_for_each_measure() -> None:
    words, *panels = specification()["vconcat"]
    assert words["mark"]["type"] == "text"
    assert len(panels) == 3
    for panel, field in zip(panels, ("precision", "coverage", "hours"), strict=True):
        drawn = [layer["encoding"].get("y", {}).get("field") for layer in panel["layer"]]
        assert {field, f"{field}_low"} <= set(drawn)
        assert {layer["encoding"]["x"]["field"] for layer in panel["layer"]} == {"target"}


def test_the_promise_itself_is_drawn_beside_the_precision_only() -> None:
    promised = [
        sum(layer["encoding"].get("y", {}).get("field") == "target" for layer in panel["layer"])
        for panel in specification()["vconcat"][1:]
    ]
    assert promised == [1, 0, 0]


def test_the_scripts_are_of_the_version_that_altair_writes_for() -> None:
    assert f'"{SCHEMA_VERSION.removeprefix("v")}"' in script("vega-lite")
