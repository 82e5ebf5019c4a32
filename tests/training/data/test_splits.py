from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from models.errors import DataError
from training.data.dataset import Dataset
from training.data.pricerunner import load_pricerunner
from training.data.splits import Split, SplitKind, merchants, offers, open_set, split_dataset

SplitBy = Callable[[Dataset, int], Split]
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


@pytest.mark.parametrize("kind", SplitKind)
def test_parts_share_one_catalogue(sample: Dataset, kind: SplitKind) -> None:
    parts = split_dataset(sample, kind, seed=0)
    assert parts.train.products == parts.calibration.products == parts.test.products
    assert parts.test.relevance.shape == (len(parts.test), len(parts.test.products))


@pytest.mark.parametrize("kind", SplitKind)
def test_queries_keep_their_right_products(sample: Dataset, kind: SplitKind) -> None:
    split = {"offers": offers, "merchants": merchants, "open": open_set}[kind.value](sample, 0)
    test = split_dataset(sample, kind, seed=0).test
    whole = [sample.products[row].title for row in sample.subset(split.test).relevance.indices]
    found = [test.products[row].title for row in test.relevance.indices]
    assert found == [title for title, kept in zip(whole, test.answerable, strict=True) if kept]


def test_too_little_data_for_a_part_is_refused(sample: Dataset) -> None:
    with pytest.raises(DataError, match="leaves none for calibration; use another split"):
        split_dataset(sample.subset(np.arange(2)), SplitKind.OFFERS, seed=0)
