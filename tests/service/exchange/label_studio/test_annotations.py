"""Label Studio's export as its documentation shows it, with the choices of our tasks.

https://labelstud.io/guide/task_format: the outer fields and their kinds of values are from there.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import Engine, select

from service.database.engine import transaction
from service.database.tables import Answer, VerdictRow
from service.exchange.importing.rows import ReadRows
from service.exchange.importing.service import Importer, ImportReport
from service.exchange.label_studio.annotations import read_label_studio
from service.exchange.options import ExportOptions, Format
from tests.service.conftest import FakeClock
from tests.service.exchange.labels import exported
from tests.service.review.queues import CATALOGUE, ask

Json = dict[str, Any]
TASK = UUID("0d0e8a52-6f0a-4f4a-9e1f-0b7f3f1f2a11")
ONE, TWO = "One [p1]", "Two [p2]"


def _result(control: str, kind: str, value: Json) -> Json:
    return {
        "from_name": control,
        "id": "Dx_aB91ISN",
        "to_name": "query",
        "type": kind,
        "origin": "manual",
        "value": value,
    }


def _annotation(*choices: str, **more: object) -> Json:
    return {
        "id": "1001",
        "result": [_result("product", "choices", {"choices": [*choices]})] if choices else [],
        "was_cancelled": False,
        "ground_truth": False,
        "created_at": "2021-03-09T22:16:08.728353Z",
        "updated_at": "2021-03-09T22:16:08.728378Z",
        "lead_time": 4.288,
        "result_count": 0,
        "task": 1,
        "completed_by": 10,
        **more,
    }


def _task(*annotations: Json, data: Json | None = None) -> Json:
    ours = {"task_id": str(TASK), "query": "bosch", "products": {ONE: "p1", TWO: "p2"}}
    return {
        "id": 1,
        "created_at": "2021-03-09T21:52:49.513742Z",
        "updated_at": "2021-03-09T22:16:08.746926Z",
        "project": 83,
        "data": ours if data is None else data,
        "annotations": [*annotations],
        "predictions": [{"model_version": "bundle-1", "result": []}],
    }


def _read(*tasks: Json) -> ReadRows:
    return read_label_studio(json.dumps(tasks).encode())


@pytest.mark.parametrize(
    ("choices", "answer", "product_ids"),
    [
        ([ONE], Answer.ACCEPTED, ("p1",)),
        ([TWO, ONE], Answer.ACCEPTED, ("p2", "p1")),
        (["None of these products"], Answer.NONE, ()),
        (["I am not sure"], Answer.UNSURE, ()),
    ],
)
def test_a_choice_is_a_verdict(
    choices: Sequence[str], answer: Answer, product_ids: tuple[str, ...]
) -> None:
    (row,) = _read(_task(_annotation(*choices))).verdicts
    assert (row.task_id, row.answer, row.product_ids) == (TASK, answer, product_ids)
    assert (row.person, row.seconds) == ("import:label-studio-10", 4.288)


def test_who_annotated_is_named_by_the_address_where_the_export_has_it() -> None:
    by = {"id": 10, "email": "ann@example.com", "first_name": "Ann", "last_name": ""}
    (row,) = _read(_task(_annotation(ONE, completed_by=by))).verdicts
    assert row.person == "import:ann@example.com"


def test_a_comment_is_kept() -> None:
    annotation = _annotation(ONE)
    annotation["result"].append(_result("comment", "textarea", {"text": ["two", "lines"]}))
    (row,) = _read(_task(annotation)).verdicts
    assert row.comment == "two\nlines"


def test_every_annotation_is_an_opinion_but_those_that_were_cancelled() -> None:
    cancelled = _annotation(was_cancelled=True)
    read = _read(_task(_annotation(ONE), cancelled, _annotation(TWO, completed_by=11)))
    assert [row.person for row in read.verdicts] == [f"import:label-studio-{n}" for n in (10, 11)]
    assert read.skipped == 1


@pytest.mark.parametrize(
    ("task", "field", "code"),
    [
        (_task(_annotation()), "annotations.0.result", "answer_inconsistent"),
        (
            _task(_annotation(ONE, "None of these products")),
            "annotations.0.result",
            "answer_inconsistent",
        ),
        (_task(_annotation("Three [p3]")), "annotations.0.result", "answer_inconsistent"),
        (_task(data={"text": "of another project"}), "data.task_id", "missing_field"),
        ({"id": 1, "data": _task()["data"]}, "annotations", "missing_field"),
    ],
)
def test_what_cannot_be_a_verdict_is_named(task: Json, field: str, code: str) -> None:
    bad = _read(_task(_annotation(ONE)), task).bad
    assert (bad[0].line, bad[0].field, bad[0].code) == (2, field, code)


@pytest.mark.parametrize("content", [b"", b"{}", b'"text"', b"[1]", b"\xff"])
def test_what_is_no_list_of_tasks_is_refused_as_a_whole(content: bytes) -> None:
    (bad,) = read_label_studio(content).bad
    assert (bad.line, bad.field, bad.code) == (1, None, "invalid_json")


def test_tasks_come_back_as_verdicts_and_twice_is_as_good_as_once(
    engine: Engine, clock: FakeClock
) -> None:
    asked = ask(engine, clock, *[f"query {number}" for number in range(3)])
    tasks = json.loads(exported(engine, clock, ExportOptions(format=Format.LABEL_STUDIO)))
    for number, task in enumerate(tasks, start=1):  # what Label Studio adds
        best = task["predictions"][0]["result"][0]["value"]["choices"]
        task |= {"id": number, "annotations": [_annotation(*best)]}
    read = _read(*tasks)
    importer = Importer(engine, clock, CATALOGUE.__contains__, [], uuid4)
    assert importer.take(read) == ImportReport(imported=3, unchanged=0, skipped=0)
    assert importer.take(read) == ImportReport(imported=0, unchanged=3, skipped=0)
    with transaction(engine) as connection:
        rows = connection.execute(select(VerdictRow.task_id, VerdictRow.product_ids)).all()
    assert {row.task_id for row in rows} == set(asked)
    assert [row.product_ids for row in rows] == [["p1"]] * 3
