from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from models.catalogue import Product
from models.errors import DataError
from training.data.dataset import Dataset, relevance_matrix
from training.data.pricerunner import load_pricerunner
from training.data.splits import (
    Split,
    SplitDataset,
    SplitKind,
    merchants,
    offers,
    open_set,
    split_dataset,
)

SplitBy = Callable[[Dataset, int], Split]
DRAWN = [SplitKind.OFFERS, SplitKind.MERCHANTS, SplitKind.OPEN]
SPLITS = pytest.mark.parametrize("split_by", [offers, merchants, open_set])


@pytest.fixture(scope="module")
def sample() -> Dataset:
    return load_pricerunner()


@SPLITS
def test_parts_are_disjoint_and_complete(sample: Dataset, split_by: SplitBy) -> None:
    split = split_by(sample, 1)
    rows = np.concatenate([split.train, split.calibration, split.test])
    assert np.array_equal(np.sort(rows), np.arange(len(sample)))


@SPLITS
def test_the_seed_decides(sample: Dataset, split_by: SplitBy) -> None:
    first, again, other = (split_by(sample, seed) for seed in (1, 1, 2))
    assert np.array_equal(first.test, again.test)
    assert np.array_equal(first.catalogue, again.catalogue)
    assert not np.array_equal(first.test, other.test)


@SPLITS
def test_calibration_and_test_are_one_random_division(sample: Dataset, split_by: SplitBy) -> None:
    """Rows of the file are ordered by category, so a division that is not random would show."""
    split = split_by(sample, 3)
    spread = np.std(np.arange(len(sample))) * np.sqrt(1 / 4944 + 1 / 7062)
    assert abs(split.calibration.mean() - split.test.mean()) < 4 * spread


def test_offers_are_split_66_14_20_over_the_whole_catalogue(sample: Dataset) -> None:
    split = offers(sample, seed=0)
    assert (len(split.train), len(split.calibration), len(split.test)) == (23_305, 4_944, 7_062)
    assert len(split.catalogue) == len(sample.products)


def test_held_out_shops_are_unseen_in_training(sample: Dataset) -> None:
    split = merchants(sample, seed=0)
    sources = np.asarray(sample.sources)
    trained = set(sources[split.train])
    assert trained.isdisjoint(sources[split.calibration])
    assert trained.isdisjoint(sources[split.test])


@pytest.mark.parametrize("seed", range(5))
def test_held_out_shops_make_up_a_third_of_the_offers(sample: Dataset, seed: int) -> None:
    split = merchants(sample, seed)
    assert len(split.calibration) / len(sample) == pytest.approx(0.14, abs=0.01)
    assert len(split.test) / len(sample) == pytest.approx(0.20, abs=0.01)


def test_a_tenth_of_the_products_leaves_an_open_catalogue(sample: Dataset) -> None:
    split = open_set(sample, seed=0)
    assert len(split.catalogue) == 12_849 - 1_285


def test_offers_without_an_answer_are_held_out_in_equal_shares(sample: Dataset) -> None:
    parts = split_dataset(sample, SplitKind.OPEN, seed=0)
    assert parts.train.answerable.all()
    shares = [1 - part.answerable.mean() for part in (parts.calibration, parts.test)]
    assert shares == pytest.approx([0.24, 0.24], abs=0.03)


@pytest.mark.parametrize("kind", DRAWN)
def test_parts_share_one_catalogue(sample: Dataset, kind: SplitKind) -> None:
    parts = split_dataset(sample, kind, seed=0)
    assert parts.train.products == parts.calibration.products == parts.test.products
    assert parts.test.relevance.shape == (len(parts.test), len(parts.test.products))


@pytest.mark.parametrize("kind", DRAWN)
def test_queries_keep_their_right_products(sample: Dataset, kind: SplitKind) -> None:
    split = {"offers": offers, "merchants": merchants, "open": open_set}[kind.value](sample, 0)
    test = split_dataset(sample, kind, seed=0).test
    whole = [sample.products[row].title for row in sample.subset(split.test).relevance.indices]
    found = [test.products[row].title for row in test.relevance.indices]
    assert found == [title for title, kept in zip(whole, test.answerable, strict=True) if kept]


def test_too_little_data_for_a_part_is_refused(sample: Dataset) -> None:
    with pytest.raises(DataError, match="leaves none for calibration; use another split"):
        split_dataset(sample.subset(np.arange(2)), SplitKind.OFFERS, seed=0)


def two_products(*, filtered: bool) -> Dataset:
    """Return 100 training and 40 test queries; every even query is right for both products."""
    answers = [(0, 1) if row % 2 == 0 else (1,) for row in range(140)]
    return Dataset(
        texts=tuple(f"query {row}" for row in range(140)),
        sources=("",) * 140,
        categories=("",) * 140,
        products=(Product("a", "A"), Product("b", "B")),
        relevance=relevance_matrix(answers, 2),
        filtered=relevance_matrix([(1,)] * 140, 2) if filtered else None,
        held_out=np.arange(140) >= 100,
    )


def numbers(part: Dataset) -> list[int]:
    return [int(text.removeprefix("query ")) for text in part.texts]


def parts_of(kind: SplitKind, *, filtered: bool = False, seed: int = 0) -> SplitDataset:
    return split_dataset(two_products(filtered=filtered), kind, seed)


def test_a_given_test_part_is_halved_into_calibration_and_test() -> None:
    parts = parts_of(SplitKind.GIVEN)
    assert numbers(parts.train) == list(range(100))
    assert len(parts.calibration) == len(parts.test) == 20
    assert sorted(numbers(parts.calibration) + numbers(parts.test)) == list(range(100, 140))
    assert numbers(parts.calibration) != numbers(parts_of(SplitKind.GIVEN, seed=1).calibration)


def test_a_hold_out_of_training_leaves_the_given_test_part_whole() -> None:
    parts = parts_of(SplitKind.HOLDOUT)
    assert numbers(parts.test) == list(range(100, 140))
    assert len(parts.calibration) == 14
    assert sorted(numbers(parts.train) + numbers(parts.calibration)) == list(range(100))
    assert numbers(parts.calibration) != numbers(parts_of(SplitKind.HOLDOUT, seed=1).calibration)


def test_a_hold_out_has_a_right_product_beside_the_filtered_ones() -> None:
    parts = parts_of(SplitKind.HOLDOUT, filtered=True)
    assert all(number % 2 == 0 for number in numbers(parts.calibration))
    assert parts.calibration.relevance.toarray().tolist() == [[True, False]] * 14


def test_what_is_filtered_is_right_in_training_alone() -> None:
    parts = parts_of(SplitKind.GIVEN, filtered=True)
    assert parts.train.relevance.toarray()[:2].tolist() == [[True, True], [False, True]]
    assert not parts.calibration.relevance.toarray()[:, 1].any()
    assert not parts.test.relevance.toarray()[:, 1].any()
    assert parts.test.filtered is not None
    assert parts.test.filtered.toarray().tolist() == [[False, True]] * 20


@pytest.mark.parametrize("kind", [SplitKind.GIVEN, SplitKind.HOLDOUT])
def test_a_data_set_without_a_test_part_has_no_given_split(
    sample: Dataset, kind: SplitKind
) -> None:
    with pytest.raises(DataError, match="no test part of its own; use the split 'offers'"):
        split_dataset(sample, kind, seed=0)
