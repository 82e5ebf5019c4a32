from __future__ import annotations

import csv
import io
import json
import re
import sys
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pyarrow as pa
import pytest
from pyarrow import parquet
from sqlalchemy import Engine, text

from models.catalogue import Catalogue, Product
from models.errors import WrongStream
from service.clock import database_clock
from service.database.tables import Decision, Stream, TaskState
from service.errors import ExportOptionsConflict, FormatUnavailable
from service.exchange.exporting import Exporter
from service.exchange.formats.columns import VERDICT_COLUMNS
from service.exchange.formats.parquet import CURSOR_METADATA
from service.exchange.options import Chosen, ExportOptions, Format, LabelStream, Rows
from service.paging import decode_place
from tests.service.conftest import FakeClock
from tests.service.exchange.labels import BUNDLE, answer, draw, exported
from tests.service.review.queues import CATALOGUE
from training.data.drawn import load_drawn
from training.data.labelled import load_labelled

VERDICTS = ExportOptions()


def _pairs(stream: LabelStream, bundle_id: str | None = None, **given: Any) -> ExportOptions:
    return ExportOptions(
        rows=Rows.PAIRS, chosen=Chosen(stream=stream, bundle_id=bundle_id), **given
    )


def _rows(engine: Engine, clock: FakeClock, options: ExportOptions = VERDICTS) -> list[Any]:
    return [json.loads(line) for line in exported(engine, clock, options).splitlines()]


def _catalogue() -> Catalogue:
    return Catalogue([Product(product_id, title) for product_id, title in CATALOGUE.items()])


def test_a_row_says_everything_about_a_verdict(engine: Engine, clock: FakeClock) -> None:
    task_id = answer(engine, clock, "bosch kgn39", "p1", "p2", comment='both, "sure"', seconds=4)
    (row,) = _rows(engine, clock)
    assert decode_place(row.pop("cursor"))[0].isoformat() == "2026-01-01T12:00:04+00:00"
    assert str(UUID(row.pop("verdict_id")))
    assert re.fullmatch(r"person-[0-9a-f]{16}", row.pop("person"))
    first, *_ = row.pop("candidates")
    assert first == {
        "product_id": "p1",
        "title": CATALOGUE["p1"],
        "score": 0.9,
        "probability": None,
        "rank": 1,
    }
    assert row == {
        "task_id": str(task_id),
        "kind": "review",
        "state": "answered",
        "source": "shop",
        "query": "bosch kgn39",
        "attributes": {"brand": "Bosch"},
        "bundle_id": "bundle-1",
        "answer": "accepted",
        "product_ids": ["p1", "p2"],
        "comment": 'both, "sure"',
        "stage": "opinion",
        "origin": "queue",
        "bulk_id": None,
        "supersedes": None,
        "current": True,
        "final": True,
        "created_at": "2026-01-01T12:00:00Z",
        "claimed_at": "2026-01-01T12:00:00Z",
        "answered_at": "2026-01-01T12:00:04Z",
        "seconds": 4.0,
        "streams": ["review"],
        "samples": [],
    }


def test_people_have_the_same_pseudonym_in_every_export_and_their_names_on_request(
    engine: Engine, clock: FakeClock
) -> None:
    for number, person in enumerate(["ann", "bob", "ann"]):
        answer(engine, clock, f"query {number}", person=person)
    ann, bob, ann_again = (row["person"] for row in _rows(engine, clock))
    assert ann == ann_again != bob
    assert [row["person"] for row in _rows(engine, clock)] == [ann, bob, ann]
    named = _rows(engine, clock, ExportOptions(persons=True))
    assert [row["person"] for row in named] == ["ann", "bob", "ann"]


def test_an_export_goes_on_behind_any_row(engine: Engine, clock: FakeClock) -> None:
    for number in range(5):
        answer(engine, clock, f"query {number}")
    rows = _rows(engine, clock)
    assert [row["query"] for row in rows] == [f"query {number}" for number in range(5)]
    for place, row in enumerate(rows):
        rest = _rows(engine, clock, ExportOptions(after=decode_place(row["cursor"])))
        assert rest == rows[place + 1 :]


def test_the_last_cursor_is_known_before_the_rows_are_read(
    engine: Engine, clock: FakeClock
) -> None:
    assert Exporter(engine, clock).export(VERDICTS).last_cursor is None
    for number in range(3):
        answer(engine, clock, f"query {number}")
    export = Exporter(engine, clock).export(VERDICTS)
    *_, last = b"".join(export.chunks).splitlines()
    assert export.last_cursor == json.loads(last)["cursor"]


def test_an_export_ends_although_people_go_on_answering(engine: Engine, clock: FakeClock) -> None:
    for number in range(4):
        answer(engine, clock, f"query {number}")
    answered = 4
    rows = []
    for chunk in Exporter(engine, database_clock, 2).export(VERDICTS).chunks:
        rows += chunk.splitlines()
        clock.now = clock.now.replace(year=2999)  # what is answered from now on is later
        answer(engine, clock, f"query {answered}")
        answered += 1
    assert len(rows) == 4


def test_nothing_is_shown_behind_a_verdict_that_is_not_committed_yet(
    engine: Engine, clock: FakeClock
) -> None:
    """Otherwise a reader who goes on behind the later one would never see the earlier one."""
    clock.now = _now(engine) - timedelta(seconds=10)
    task_id = answer(engine, clock, "early")
    with engine.connect() as slow:
        slow.execute(
            text("update review_tasks set times_skipped = 1 where id = :id"), {"id": task_id}
        )
        clock.now = _now(engine)
        answer(engine, clock, "late", seconds=0)
        with engine.connect() as connection:
            connection.execute(text("select pg_sleep(0.2)"))
        assert [row["query"] for row in _rows(engine, clock)] == ["early"]
        slow.commit()
    assert [row["query"] for row in _rows(engine, clock)] == ["early", "late"]


def _now(engine: Engine) -> datetime:
    with engine.connect() as connection:
        now: datetime = connection.execute(text("select clock_timestamp()")).scalar_one()
    return now


def test_rows_are_chosen_by_time_state_bundle_and_stream(engine: Engine, clock: FakeClock) -> None:
    first = answer(engine, clock, "first")
    since = clock.now
    second = answer(engine, clock, "second")
    draw(engine, clock, first, Stream.AUDIT)
    draw(engine, clock, first, Stream.CALIBRATION, threshold=None, decision=Decision.MANUAL_REVIEW)
    everything, nothing = [str(first), str(second)], list[str]()
    for chosen, expected in [
        (Chosen(), everything),
        (Chosen(since=since), [str(second)]),
        (Chosen(state=TaskState.ANSWERED), everything),
        (Chosen(state=TaskState.OPEN), nothing),
        (Chosen(bundle_id=BUNDLE), everything),
        (Chosen(bundle_id="another"), nothing),
        (Chosen(stream=LabelStream.REVIEW), [str(second)]),
        (Chosen(stream=LabelStream.AUDIT), [str(first)]),
        (Chosen(stream=LabelStream.CALIBRATION), [str(first)]),
    ]:
        found = _rows(engine, clock, ExportOptions(chosen=chosen))
        assert [row["task_id"] for row in found] == expected, chosen


def test_a_label_that_was_drawn_belongs_to_the_streams_it_was_drawn_for_and_to_no_other(
    engine: Engine, clock: FakeClock
) -> None:
    task_id = answer(engine, clock, "drawn", "p1")
    draw(engine, clock, task_id, Stream.AUDIT)
    draw(
        engine, clock, task_id, Stream.CALIBRATION, threshold=None, decision=Decision.MANUAL_REVIEW
    )
    (row,) = _rows(engine, clock)
    assert row["streams"] == ["audit", "calibration"]
    audit, calibration = row["samples"]
    assert audit == {
        "stream": "audit",
        "inclusion_probability": 0.02,
        "threshold": 0.75,
        "decision": "auto_accept",
        "product_id": "p1",
        "group_name": None,
        "bundle_id": "bundle-1",
    }
    assert (calibration["stream"], calibration["threshold"]) == ("calibration", None)


def test_csv_has_the_same_rows(engine: Engine, clock: FakeClock) -> None:
    answer(engine, clock, 'a "quoted",\nquery', "p1", "p2")
    answer(engine, clock, "=1+1")
    expected = _rows(engine, clock)
    content = exported(engine, clock, ExportOptions(format=Format.CSV)).decode()
    header, *found = csv.reader(io.StringIO(content, newline=""))
    assert header == [column.name for column in VERDICT_COLUMNS] == list(expected[0])
    for cells, row in zip(found, expected, strict=True):
        assert [_as_cell(value) for value in row.values()] == cells


def _as_cell(value: object) -> str:
    if isinstance(value, str):
        return value
    if isinstance(value, list | dict | bool):
        return json.dumps(value, separators=(",", ":"))
    return "" if value is None else repr(value)


def test_parquet_has_the_same_rows_and_the_last_cursor(engine: Engine, clock: FakeClock) -> None:
    for number in range(5):
        answer(engine, clock, f"query {number}", *["p1", "p2"][: number % 3])
    expected = _rows(engine, clock)
    content = exported(engine, clock, ExportOptions(format=Format.PARQUET))
    file = parquet.ParquetFile(pa.BufferReader(content))
    assert file.num_row_groups == 3  # as many as batches: that is what memory holds
    assert file.metadata.metadata[CURSOR_METADATA.encode()].decode() == expected[-1]["cursor"]
    for found, row in zip(file.read().to_pylist(), expected, strict=True):
        found["attributes"] = dict(found["attributes"])
        for name in ("created_at", "claimed_at", "answered_at"):
            found[name] = found[name].isoformat().replace("+00:00", "Z")
        assert found == row


@pytest.mark.parametrize("written", [Format.JSONL, Format.CSV, Format.PARQUET])
def test_an_empty_queue_is_an_empty_file(engine: Engine, clock: FakeClock, written: Format) -> None:
    content = exported(engine, clock, ExportOptions(format=written))
    match written:
        case Format.JSONL:
            assert content == b""
        case Format.CSV:
            assert len(content.splitlines()) == 1
        case _:
            assert parquet.read_table(pa.BufferReader(content)).num_rows == 0


def test_without_pyarrow_only_parquet_is_missing(
    engine: Engine, clock: FakeClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delitem(sys.modules, "service.exchange.formats.parquet")
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    with pytest.raises(FormatUnavailable, match=r"alc\[export\]"):
        exported(engine, clock, ExportOptions(format=Format.PARQUET))
    assert exported(engine, clock, ExportOptions(format=Format.CSV))


@pytest.mark.parametrize("written", [Format.JSONL, Format.CSV, Format.PARQUET])
def test_training_reads_pairs_in_every_format(
    engine: Engine, clock: FakeClock, tmp_path: Path, written: Format
) -> None:
    answer(engine, clock, "two products", "p1", "p2")
    answer(engine, clock, "no product")
    answer(engine, clock, "nobody knows", unsure=True)
    drawn = answer(engine, clock, "drawn for calibration", "p3")
    draw(engine, clock, drawn, Stream.CALIBRATION)
    path = tmp_path / f"pairs.{written.value}"
    path.write_bytes(exported(engine, clock, _pairs(LabelStream.REVIEW, format=written)))
    dataset = load_labelled(path, _catalogue()).dataset
    assert dataset.texts == ("two products", "no product")
    assert dataset.relevance.toarray().tolist() == [[True, True, False, False], [False] * 4]
    assert dataset.sources == ("shop", "shop")
    assert dataset.attributes is not None
    assert dataset.attributes[0]["brand"] == "Bosch"


def test_calibration_reads_what_was_drawn_each_draw_as_a_label_of_its_own(
    engine: Engine, clock: FakeClock, tmp_path: Path
) -> None:
    often = answer(engine, clock, "asked often", "p1")
    for _ in range(3):
        draw(engine, clock, often, Stream.CALIBRATION)
    answer(engine, clock, "never drawn", "p2")
    path = tmp_path / "pairs.csv"
    path.write_bytes(
        exported(engine, clock, _pairs(LabelStream.CALIBRATION, format=Format.CSV), batch_rows=2)
    )
    queries = load_drawn(path, _catalogue())
    assert queries.dataset.texts == ("asked often",) * 3
    assert [one.served_threshold for one in queries.drawn] == [None] * 3


def test_calibration_reads_audits_with_the_threshold_that_had_accepted_them(
    engine: Engine, clock: FakeClock, tmp_path: Path
) -> None:
    for number, threshold in enumerate([0.75, 0.8]):
        task_id = answer(engine, clock, f"query {number}", "p1")
        draw(engine, clock, task_id, Stream.AUDIT, threshold=threshold)
    no_match = answer(engine, clock, "nothing fits")
    draw(engine, clock, no_match, Stream.AUDIT, threshold=0.1, decision=Decision.NO_MATCH)
    other = answer(engine, clock, "of another bundle", "p1")
    draw(engine, clock, other, Stream.AUDIT, bundle_id="another")
    path = tmp_path / "pairs.jsonl"
    path.write_bytes(exported(engine, clock, _pairs(LabelStream.AUDIT, BUNDLE)))
    queries = load_drawn(path, _catalogue())
    assert queries.dataset.texts == ("query 0", "query 1")
    assert [one.served_threshold for one in queries.drawn] == [0.75, 0.8]


def test_calibration_refuses_review_pairs(engine: Engine, clock: FakeClock, tmp_path: Path) -> None:
    answer(engine, clock, "low score", "p1")
    path = tmp_path / "pairs.csv"
    path.write_bytes(exported(engine, clock, _pairs(LabelStream.REVIEW, format=Format.CSV)))
    with pytest.raises(WrongStream):
        load_drawn(path, _catalogue())


@pytest.mark.parametrize(
    "options",
    [
        ExportOptions(rows=Rows.PAIRS),
        _pairs(LabelStream.AUDIT),
        _pairs(LabelStream.REVIEW, after=(FakeClock().now, UUID(int=1))),
        ExportOptions(
            rows=Rows.PAIRS, chosen=Chosen(stream=LabelStream.REVIEW, state=TaskState.ANSWERED)
        ),
        ExportOptions(format=Format.LABEL_STUDIO, rows=Rows.PAIRS),
        ExportOptions(format=Format.LABEL_STUDIO, chosen=Chosen(stream=LabelStream.REVIEW)),
    ],
)
def test_what_would_mix_labels_is_refused(
    engine: Engine, clock: FakeClock, options: ExportOptions
) -> None:
    with pytest.raises(ExportOptionsConflict):
        exported(engine, clock, options)
