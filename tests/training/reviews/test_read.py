from __future__ import annotations

from pathlib import Path

import pytest

from models.catalogue import Product
from models.errors import WrongStream
from tests.training.reviews.exports import Row, verdict, write_export
from tests.training.reviews.server import Told, serving
from training.data.tables import BadRows
from training.reviews.read import Reviews, read_reviews
from training.reviews.settings import ReviewSettings

PRODUCTS = (Product("p1", "Neff oven"), Product("p2", "Beko fridge"))


def read(*sources: Path, max_bad_rows: int = 0) -> Reviews:
    settings = ReviewSettings(tuple(map(str, sources)), max_bad_rows)
    return read_reviews(settings, PRODUCTS, None)


def written(directory: Path, *rows: Row, name: str = "export.jsonl") -> Path:
    return write_export(directory / name, rows)


def test_every_source_is_counted_by_itself(tmp_path: Path) -> None:
    first = written(tmp_path, verdict(1, "neff", "p1"), name="first.jsonl")
    audit = verdict(2, "beko", "p2", streams=["audit"])
    second = written(tmp_path, audit, verdict(3, "sharp", answer="unsure"), name="second.csv")

    reviews = read(first, second)

    report = reviews.tally.report(reviews.sources)
    assert [one.label.query for one in reviews.labels] == ["neff"]
    assert [one.source for one in report.sources] == [str(first), str(second)]
    assert len({one.sha256 for one in report.sources}) == 2
    assert [one.refused for one in report.sources] == [{}, {"audit": 1}]
    assert [one.left_out for one in report.sources] == [{}, {"unsure": 1}]


def test_products_that_the_catalogue_lacks_are_bad_rows(tmp_path: Path) -> None:
    export = written(tmp_path, verdict(1, "neff", "p1", "p8", "p9"), verdict(2, "beko", "p2"))

    with pytest.raises(BadRows, match="--max-bad-rows") as raised:
        read(export)
    reviews = read(export, max_bad_rows=1)

    said = "export.jsonl:1: product_id 'p8', 'p9' is not in the catalogue"
    assert [str(bad) for bad in raised.value.bad_rows] == [said]
    assert [str(bad) for bad in reviews.bad_rows] == [said]
    assert [one.label.query for one in reviews.labels] == ["beko"]
    assert reviews.tally.report(reviews.sources).total("left_out") == {"unknown product": 1}


def test_bad_rows_of_all_sources_count_together(tmp_path: Path) -> None:
    bad = verdict(1, "", "p1")
    sources = [written(tmp_path, bad, name=name) for name in ("first.jsonl", "second.jsonl")]

    with pytest.raises(BadRows, match="2 bad rows, 1 allowed"):
        read(*sources, max_bad_rows=1)
    assert len(read(*sources, max_bad_rows=2).bad_rows) == 2


def test_labels_of_other_streams_alone_are_an_error_that_says_why(tmp_path: Path) -> None:
    export = written(
        tmp_path,
        verdict(1, "neff", "p1", streams=["audit"]),
        verdict(2, "beko", "p2", streams=["calibration"]),
    )

    with pytest.raises(WrongStream, match=r"all 2 .* audit and calibration; .* drawn at random"):
        read(export)


def test_an_export_without_labels_teaches_nothing(tmp_path: Path) -> None:
    assert read(written(tmp_path)).labels == ()


def test_a_url_is_read_like_a_file(tmp_path: Path) -> None:
    content = written(tmp_path, verdict(1, "neff", "p1"), verdict(2, "beko", "p9")).read_bytes()
    told = Told(content=content)
    with serving(told) as url:
        source = f"{url}/v1/reviews/export?format=jsonl"
        reviews = read_reviews(ReviewSettings((source,), 1), PRODUCTS, "alc_key")

    assert told.asked == [("/v1/reviews/export?format=jsonl", "Bearer alc_key")]
    assert [one.label.query for one in reviews.labels] == ["neff"]
    assert str(reviews.bad_rows[0]).startswith(f"{source}:2: ")
