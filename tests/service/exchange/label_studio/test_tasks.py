"""Tasks against what Label Studio's documentation says of its import format.

https://labelstud.io/guide/tasks.html: a list of tasks with `data`, whose fields are what the tags
of the labelling configuration name by `$field`, and `predictions`, whose results name the control
tag (`from_name`), the object tag (`to_name`), the `type`, and by that name a `value`.
"""

from __future__ import annotations

import json
from typing import Any
from xml.etree import ElementTree as ET

from sqlalchemy import Engine

from service.exchange.label_studio.config import labelling_configuration
from service.exchange.options import ExportOptions, Format
from tests.service.conftest import FakeClock
from tests.service.exchange.labels import answer, exported
from tests.service.review.queues import CATALOGUE, ask

TASKS = ExportOptions(format=Format.LABEL_STUDIO)
BEST = f"{CATALOGUE['p1']} [p1]"


def _tasks(engine: Engine, clock: FakeClock, options: ExportOptions = TASKS) -> list[Any]:
    found: list[Any] = json.loads(exported(engine, clock, options))
    return found


def test_every_task_that_waits_is_in_the_list(engine: Engine, clock: FakeClock) -> None:
    answer(engine, clock, "answered before")
    for number in range(5):
        ask(engine, clock, f"query {number}")
        clock.advance(1)
    tasks = _tasks(engine, clock)
    assert [task["data"]["query"] for task in tasks] == [f"query {number}" for number in range(5)]


def test_no_task_is_an_empty_list(engine: Engine, clock: FakeClock) -> None:
    assert _tasks(engine, clock) == []


def test_a_task_has_its_candidates_as_choices_and_the_best_as_prediction(
    engine: Engine, clock: FakeClock
) -> None:
    (task_id,) = ask(engine, clock, "bosch kgn39", probabilities=(0.8, 0.1, 0.05))
    (task,) = _tasks(engine, clock)
    products = {f"{title} [{key}]": key for key, title in list(CATALOGUE.items())[:3]}
    assert task["data"] == {
        "task_id": str(task_id),
        "source": "shop",
        "query": "bosch kgn39",
        "details": "brand: Bosch",
        "choices": [
            *({"value": choice} for choice in products),
            {"value": "None of these products"},
            {"value": "I am not sure"},
        ],
        "products": products,
    }
    assert task["predictions"] == [
        {
            "model_version": "bundle-1",
            "score": 0.8,
            "result": [
                {
                    "id": "best",
                    "type": "choices",
                    "from_name": "product",
                    "to_name": "query",
                    "value": {"choices": [BEST]},
                }
            ],
        }
    ]


def test_a_blind_task_has_no_prediction_and_candidates_in_an_order_that_says_nothing(
    engine: Engine, clock: FakeClock
) -> None:
    for number in range(20):
        ask(engine, clock, f"query {number}")
    tasks = _tasks(engine, clock, ExportOptions(format=Format.LABEL_STUDIO, predictions=False))
    assert [task for task in tasks if "predictions" in task] == []
    assert {task["data"]["choices"][0]["value"] for task in tasks} > {BEST}
    assert all(task["data"]["choices"][-1]["value"] == "I am not sure" for task in tasks)


def test_nothing_tells_an_audit_from_a_review(engine: Engine, clock: FakeClock) -> None:
    ask(engine, clock, "bosch kgn39")
    content = exported(engine, clock, TASKS).decode()
    assert "kind" not in content
    assert "times_asked" not in content


def test_the_labelling_configuration_names_what_tasks_have(
    engine: Engine, clock: FakeClock
) -> None:
    ask(engine, clock, "bosch kgn39")
    (task,) = _tasks(engine, clock)
    view = ET.fromstring(labelling_configuration())
    fields = {tag.get("value", "") for tag in view.iter() if tag.get("value", "").startswith("$")}
    assert fields == {"$query", "$details", "$choices"}
    assert {field[1:] for field in fields} <= set(task["data"])
    (choices,) = view.iter("Choices")
    (result,) = task["predictions"][0]["result"]
    assert result["from_name"] == choices.get("name")
    assert result["to_name"] == choices.get("toName")
    assert result["value"]["choices"][0] in {one["value"] for one in task["data"]["choices"]}
    objects = {tag.get("name") for tag in view.iter("Text")}
    assert {tag.get("toName") for tag in view.iter() if tag.get("toName")} <= objects
