from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from models.errors import WrongStream
from tests.training.reviews.exports import Row, verdict, write_export
from training.reviews.export import Said, read_export
from training.reviews.label import Label, Place, ReviewLabel, Stream
from training.reviews.standing import drawn_texts, of_reviews, standing
from training.reviews.tally import Tally


class Heard:
    """What is learnt from rows, and the reasons why the others are not."""

    def __init__(self, directory: Path, *exports: list[Row]) -> None:
        said: list[Said] = []
        tally = Tally()
        for number, rows in enumerate(exports):
            path = write_export(directory / f"export-{number}.jsonl", rows)
            said += read_export(path, path.name, number).said
        labels = of_reviews(standing(said, tally), drawn_texts(said), tally)
        self.learnt = [(one.label.query, one.label.product_ids) for one in labels]
        self.left_out = {reason: count for (_, reason), count in tally.left_out.items()}
        self.refused = {streams: count for (_, streams), count in tally.refused.items()}


def test_final_verdicts_are_learnt_from(tmp_path: Path) -> None:
    heard = Heard(tmp_path, [verdict(1, "neff", "p1", "p2"), verdict(2, "beko")])

    assert heard.learnt == [("neff", ("p1", "p2")), ("beko", ())]
    assert heard.left_out == heard.refused == {}


@pytest.mark.parametrize(
    ("changed", "reason"),
    [
        ({"answer": "unsure"}, "unsure"),
        ({"answer": "withdrawn", "supersedes": "v0"}, "withdrawn"),
        ({"current": False}, "superseded"),
        ({"final": False}, "not final"),
    ],
)
def test_what_does_not_stand_is_not_learnt_and_counted(
    tmp_path: Path, changed: dict[str, Any], reason: str
) -> None:
    heard = Heard(tmp_path, [verdict(1, "neff", **changed)])

    assert heard.learnt == []
    assert heard.left_out == {reason: 1}


def test_a_later_export_takes_back_what_an_earlier_one_said(tmp_path: Path) -> None:
    first = [verdict(1, "neff", "p1"), verdict(2, "beko", "p2")]
    taken_back = verdict(3, "neff", answer="withdrawn", supersedes="v1", final=False)

    assert Heard(tmp_path, first, [taken_back]).learnt == [("beko", ("p2",))]
    again = verdict(1, "neff", "p1", current=False, final=False)
    heard = Heard(tmp_path, first, [again, taken_back])
    assert heard.learnt == [("beko", ("p2",))]
    assert heard.left_out == {"in a later row again": 1, "superseded": 1, "withdrawn": 1}


def test_of_a_query_that_was_answered_twice_the_last_answer_counts(tmp_path: Path) -> None:
    asked = [
        verdict(1, "Neff  Oven", "p1"),
        verdict(2, "neff oven", "p2"),
        verdict(3, "neff oven", "p1", source="another shop"),
    ]

    heard = Heard(tmp_path, asked)

    assert heard.learnt == [("neff oven", ("p2",)), ("neff oven", ("p1",))]
    assert heard.left_out == {"answered anew": 1}


def test_labels_that_were_drawn_at_random_are_refused_by_stream(tmp_path: Path) -> None:
    heard = Heard(
        tmp_path,
        [
            verdict(1, "neff", "p1", streams=["audit"]),
            verdict(2, "beko", "p2", streams=["calibration"]),
            verdict(3, "bosch", "p3", streams=["calibration", "review"]),
            verdict(4, "sharp", "p4", streams=["audit", "calibration"]),
            verdict(5, "samsung", "p5"),
        ],
    )

    assert heard.learnt == [("samsung", ("p5",))]
    assert heard.refused == {"audit": 1, "calibration": 2, "audit and calibration": 1}


@pytest.mark.parametrize("said", [{}, {"answer": "unsure", "product_ids": [], "final": False}])
def test_a_text_that_was_drawn_at_random_is_not_learnt_from_another_task(
    tmp_path: Path, said: Row
) -> None:
    drawn = verdict(1, "Neff oven", "p1", source="one shop", streams=["calibration"]) | said

    heard = Heard(tmp_path, [drawn, verdict(2, "neff  OVEN", "p1"), verdict(3, "beko", "p2")])

    assert heard.learnt == [("beko", ("p2",))]
    assert heard.left_out["text also drawn at random"] == 1


@pytest.mark.parametrize("stream", [Stream.AUDIT, Stream.CALIBRATION])
def test_by_its_type_no_other_label_can_train(stream: Stream) -> None:
    streams = frozenset({Stream.REVIEW, stream})
    label = Label(Place(0, "export.jsonl", 7), "neff", "", {}, ("p1",), streams)

    with pytest.raises(WrongStream, match=f"export.jsonl:7: a label of the stream {stream} cannot"):
        ReviewLabel(label)
