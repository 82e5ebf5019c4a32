from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pytest

from models.bundle.reviews import ReviewReport
from tests.training.products import small_shop
from training.data.dataset import Dataset, digest
from training.data.splits import DeciderPart, SplitDataset, SplitKind, split_dataset
from training.reviews.choose import with_reviews
from training.reviews.label import Label, Place, ReviewLabel, Stream
from training.reviews.read import Reviews
from training.reviews.tally import Tally

SHOP = small_shop()
SOURCE = ("export.jsonl", "e" * 64)


def parts_of(kind: SplitKind = SplitKind.OFFERS) -> SplitDataset:
    return split_dataset(SHOP, kind, 0, DeciderPart(0.1))


def label(query: str, *product_ids: str, **attributes: str) -> ReviewLabel:
    streams = frozenset({Stream.REVIEW})
    place = Place(0, "export.jsonl", 1)
    return ReviewLabel(Label(place, query, "shop 3", attributes, product_ids, streams))


def chosen(
    parts: SplitDataset,
    *labels: ReviewLabel,
    decider: bool = True,
    split: SplitKind = SplitKind.OFFERS,
) -> tuple[Dataset, ReviewReport]:
    reviews = Reviews(labels, (SOURCE,), Tally(), ())
    found, report = with_reviews(parts, split, reviews, decider=decider)
    assert found.reviews is not None
    return found.reviews, report


def test_the_parts_of_the_data_stay_what_they_were() -> None:
    parts = parts_of()
    held = parts.calibration.texts[0]
    reviews = Reviews((label("new", "p1"), label(held, "p1")), (SOURCE,), Tally(), ())

    found, _ = with_reviews(parts, SplitKind.OFFERS, reviews, decider=True)

    for name in ("train", "decider", "calibration", "test"):
        assert digest(getattr(found, name)) == digest(getattr(parts, name))
    assert found.learnt.texts == (*parts.train.texts, "new")


def test_labels_become_queries_with_their_products() -> None:
    several = label("neff both", "p1", "p2", brand="Neff", category="Ovens")

    reviews, report = chosen(parts_of(), several, label("none"))

    assert reviews.texts == ("neff both", "none")
    assert reviews.sources == ("shop 3", "shop 3")
    assert reviews.categories == ("Ovens", "")
    assert reviews.attributes == ({"brand": "Neff"}, {})
    assert reviews.relevance.toarray()[0].nonzero()[0].tolist() == [1, 2]
    assert reviews.answerable.tolist() == [True, False]
    assert report.sources[0].used == {"right product": 1, "no right product": 1}


@pytest.mark.parametrize("part", ["calibration", "test", "decider"])
def test_a_text_that_is_held_out_is_left_out_however_it_is_written(part: str) -> None:
    parts = parts_of()
    text = next(text for text in getattr(parts, part).texts if _in_one(parts, text))

    reviews, report = chosen(parts, label(f" {text.upper()}  ", "p1"), label("new", "p1"))

    assert reviews.texts == ("new",)
    assert report.sources[0].left_out == {f"text in {part} part": 1}
    assert report.labels == 2


def _in_one(parts: SplitDataset, text: str) -> bool:
    held: Sequence[Dataset] = (parts.calibration, parts.test, parts.decider)
    return sum(text in part.texts for part in held) == 1


def test_a_text_of_the_training_part_may_be_learnt_again() -> None:
    parts = parts_of()
    held = {*parts.calibration.texts, *parts.test.texts, *parts.decider.texts}
    text = next(text for text in parts.train.texts if text not in held)

    reviews, _ = chosen(parts, label(text, "p1"))

    assert reviews.texts == (text,)


def test_without_a_decider_nothing_is_learnt_of_queries_without_a_product() -> None:
    reviews, report = chosen(parts_of(), label("none"), label("new", "p1"), decider=False)

    assert reviews.texts == ("new",)
    assert report.sources[0].left_out == {"no right product, and no decider": 1}


def test_a_product_that_the_split_takes_out_is_not_right() -> None:
    parts = parts_of(SplitKind.OPEN)
    there = {product.product_id for product in parts.train.products}
    gone = next(one.product_id for one in SHOP.products if one.product_id not in there)

    reviews, report = chosen(parts, label("new", gone), label("newer", gone, "p1"))

    assert reviews.answerable.tolist() == [False, "p1" in there]
    assert reviews.products == parts.train.products
    assert report.used == 2


def test_what_is_chosen_for_one_split_does_not_count_for_another() -> None:
    reviews = Reviews((label("new", "p1"),), (SOURCE,), Tally(), ())

    reports = [
        with_reviews(parts_of(), SplitKind.OFFERS, reviews, decider=True)[1] for _ in range(2)
    ]

    assert reports[0] == reports[1]
    assert reviews.tally == Tally()


@pytest.mark.parametrize("split", list(SplitKind))
def test_shops_that_a_split_holds_out_are_not_learnt_from(split: SplitKind) -> None:
    parts = parts_of(split)
    [shop, *_] = parts.test.sources
    from_there = label("new", "p1")
    from_there = replace(from_there, label=replace(from_there.label, source=shop))

    reviews, report = chosen(parts, from_there, split=split)

    held_out = split is SplitKind.MERCHANTS
    assert reviews.texts == (() if held_out else ("new",))
    assert report.total("left_out") == ({"shop held out": 1} if held_out else {})
