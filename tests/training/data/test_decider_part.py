"""What the decider gets of the queries, and what that leaves of the other parts."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest

from models.errors import DataError
from tests.training.products import small_shop
from training.data.dataset import Dataset
from training.data.splits import DeciderPart, SplitDataset, SplitKind, split_dataset

SHARE = 0.14
OWN = DeciderPart(SHARE)
FOLDS = DeciderPart(SHARE, from_training=False)
SHOP = small_shop(offers_per_product=20)
# A text of its own for each query, so that parts can be told apart.
NUMBERED = Dataset(
    texts=tuple(f"{text} {row}" for row, text in enumerate(SHOP.texts)),
    sources=tuple(f"shop {row % 40}" for row in range(len(SHOP))),
    categories=SHOP.categories,
    products=SHOP.products,
    relevance=SHOP.relevance,
    held_out=SHOP.held_out,
)
KINDS = pytest.mark.parametrize("kind", SplitKind)


def parts_of(kind: SplitKind, part: DeciderPart | None, seed: int = 0) -> SplitDataset:
    return split_dataset(NUMBERED, kind, seed, part)


def texts(parts: SplitDataset) -> dict[str, set[str]]:
    names = ("train", "decider", "calibration", "test")
    return {name: set(getattr(parts, name).texts) for name in names}


@KINDS
@pytest.mark.parametrize("part", [OWN, FOLDS], ids=["own", "folds"])
def test_no_query_is_in_two_parts_and_none_is_lost(kind: SplitKind, part: DeciderPart) -> None:
    found = texts(parts_of(kind, part))
    assert all(one.isdisjoint(other) for one, other in combinations(found.values(), 2))
    assert set().union(*found.values()) == set(NUMBERED.texts)


@KINDS
def test_without_a_decider_it_gets_nothing_and_with_one_the_rest_is_drawn_as_before(
    kind: SplitKind,
) -> None:
    without, with_part = texts(parts_of(kind, None)), texts(parts_of(kind, OWN))
    assert without["decider"] == set()
    assert with_part["train"] < without["train"]
    for name in ("calibration", "test"):
        if kind is SplitKind.OPEN:
            assert with_part[name] < without[name]
        else:
            assert with_part[name] == without[name]


@pytest.mark.parametrize("kind", [kind for kind in SplitKind if kind is not SplitKind.MERCHANTS])
def test_its_share_is_of_all_queries(kind: SplitKind) -> None:
    for share in (0.05, 0.2):
        decider = parts_of(kind, DeciderPart(share)).decider
        assert decider.answerable.sum() == round(share * len(NUMBERED))


def test_the_seed_decides_which_queries_it_gets() -> None:
    first, again, other = (
        texts(parts_of(SplitKind.GIVEN, OWN, seed))["decider"] for seed in (1, 1, 2)
    )
    assert first == again != other


def test_of_unseen_merchants_it_gets_whole_shops_that_no_other_part_has() -> None:
    parts = parts_of(SplitKind.MERCHANTS, OWN)
    shops = {name: set(getattr(parts, name).sources) for name in ("train", "decider", "test")}
    assert shops["decider"]
    assert all(one.isdisjoint(other) for one, other in combinations(shops.values(), 2))
    assert len(parts.decider) / len(NUMBERED) == pytest.approx(SHARE, abs=0.03)


def test_of_an_open_catalogue_it_gets_queries_without_a_right_product_in_proportion() -> None:
    before, parts = parts_of(SplitKind.OPEN, None), parts_of(SplitKind.OPEN, OWN)
    lost = [~one.answerable for one in (parts.decider, parts.calibration, parts.test)]
    assert sum(int(one.sum()) for one in lost) == sum(
        int((~one.answerable).sum()) for one in (before.calibration, before.test)
    )
    shares = [one.mean() for one in lost]
    assert shares == pytest.approx([np.mean(shares)] * 3, abs=0.04)
    assert parts.train.answerable.all()


@KINDS
def test_with_folds_the_training_queries_stay(kind: SplitKind) -> None:
    before, parts = parts_of(kind, None), parts_of(kind, FOLDS)
    assert parts.train.texts == before.train.texts
    assert len(parts.decider) > 0 or kind is not SplitKind.OPEN
    assert not parts.decider.answerable.any()


def test_it_sees_the_same_reduced_catalogue() -> None:
    parts = parts_of(SplitKind.OPEN, OWN)
    assert parts.decider.products == parts.train.products == parts.test.products


def test_a_part_that_leaves_nothing_to_train_on_is_refused() -> None:
    with pytest.raises(DataError, match="leaves none for train"):
        parts_of(SplitKind.OFFERS, DeciderPart(0.9))
