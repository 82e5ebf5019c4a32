from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from models.bundle.bundle import Bundle
from models.bundle.child import Recalibration, publish_child
from models.bundle.load import load_bundle
from models.bundle.publish import publish
from models.bundle.reviews import (
    REVIEWED_FILE,
    ReviewReport,
    ReviewSource,
    read_reviewed,
    write_reviewed,
)
from models.calibration.fingerprints import repeated
from models.errors import BundleError
from tests.small_bundle import CREATED_AT, small_contents, small_record

FIRST = ReviewSource(
    source="first.jsonl",
    sha256="1" * 64,
    used={"right product": 3, "no right product": 1},
    refused={"audit": 2},
    left_out={"unsure": 4},
)
SECOND = FIRST.model_copy(update={"source": "second.jsonl", "left_out": {"withdrawn": 1}})
REPORT = ReviewReport(sources=(FIRST, SECOND))


def published(directory: Path) -> Bundle:
    contents = small_contents(calibration=small_record())
    contents = replace(contents, reviews=REPORT, reviewed=("iPhone 8 silver", "garden gnome"))
    return load_bundle(publish(directory, contents, created_at=CREATED_AT))


def test_the_report_adds_up_its_sources() -> None:
    assert (REPORT.used, REPORT.labels) == (8, 17)
    assert REPORT.total("used") == {"right product": 6, "no right product": 2}
    assert REPORT.total("left_out") == {"unsure": 4, "withdrawn": 1}


def test_a_bundle_keeps_the_report_and_knows_the_queries_again(tmp_path: Path) -> None:
    bundle = published(tmp_path)

    assert bundle.manifest.reviews == REPORT
    reviewed = read_reviewed(bundle.directory)
    asked = ["IPHONE 8  Silver", "garden gnome", "garden gnomes"]
    assert repeated(asked, reviewed).tolist() == [True, True, False]
    assert b"gnome" not in (bundle.directory / REVIEWED_FILE).read_bytes()


def test_a_child_of_the_same_model_keeps_both(tmp_path: Path) -> None:
    parent = published(tmp_path)
    assert parent.calibration
    own = Recalibration(parent.promises, parent.no_match, parent.calibration, {})

    child = load_bundle(publish_child(tmp_path, parent, own, created_at=CREATED_AT))

    assert child.manifest.reviews == REPORT
    assert read_reviewed(child.directory).tolist() == read_reviewed(parent.directory).tolist()


def test_a_bundle_without_reviews_has_neither(tmp_path: Path) -> None:
    bundle = load_bundle(publish(tmp_path, small_contents(), created_at=CREATED_AT))

    assert bundle.manifest.reviews is None
    assert not len(read_reviewed(bundle.directory))
    assert not (bundle.directory / REVIEWED_FILE).exists()


def test_equal_queries_are_equal_bytes(tmp_path: Path) -> None:
    written = []
    for texts in (["b", "a", "A "], ["a", "b"]):
        write_reviewed(texts, tmp_path)
        written.append((tmp_path / REVIEWED_FILE).read_bytes())

    assert written[0] == written[1]


def test_a_damaged_file_of_queries_is_named(tmp_path: Path) -> None:
    (tmp_path / REVIEWED_FILE).write_bytes(b"nothing")

    with pytest.raises(BundleError, match=r"reviewed.npz: cannot be read"):
        read_reviewed(tmp_path)
