from __future__ import annotations

import tracemalloc

import numpy as np
import pytest
from hypothesis import given, strategies
from hypothesis.extra.numpy import arrays
from scipy.sparse import csr_array

from models.catalogue import Product
from models.ngram.features import bags
from training.data.dataset import Dataset, Rows, relevance_matrix
from training.encoders.base import Inputs
from training.encoders.ngram import NgramTexts
from training.encoders.settings import NgramSettings
from training.examples import Batch, Examples, build_examples, sample_batch
from training.sampling.positives import Positives


def dataset() -> Dataset:
    """Four queries; the second has two right products, the third has none in the catalogue."""
    products = tuple(Product(f"p{i}", title) for i, title in enumerate(("oven", "fridge", "tv")))
    relevance = relevance_matrix([[0], [0, 1], [], [2]], len(products))
    return Dataset(
        ("an oven", "both", "nothing", "a tv"), ("",) * 4, ("",) * 4, products, relevance
    )


def examples_of() -> Examples:
    return build_examples(dataset(), NgramSettings(dimension=8), 0)[1]


def sampled(examples: Examples, rows: list[int], generator: np.random.Generator) -> Batch:
    return sample_batch(examples, np.array(rows), Positives(examples.relevance), generator)


def test_a_query_without_a_right_product_is_no_example() -> None:
    examples = examples_of()

    assert len(examples) == 3
    assert len(examples.texts) == 3 + 3


def test_every_right_product_of_the_batch_is_marked() -> None:
    """Whatever product is drawn for the second query, the first one's product is right for it."""
    examples = examples_of()

    batch = sampled(examples, [0, 1, 2], np.random.default_rng(0))

    column = batch.products.tolist().index(0)
    assert batch.relevance[:, column].tolist() == [True, True, False]


def test_the_sampled_positive_is_right_and_varies() -> None:
    examples = examples_of()
    generator = np.random.default_rng(0)

    drawn = set()
    for _ in range(20):
        batch = sampled(examples, [1, 2], generator)
        assert batch.relevance[[0, 1], batch.positives].all()
        drawn.add(int(batch.products[batch.positives[0]]))

    assert drawn == {0, 1}


def test_a_product_sampled_twice_is_one_column() -> None:
    examples = examples_of()

    batch = sampled(examples, [0, 0, 2], np.random.default_rng(0))

    assert batch.products.tolist() == [0, 2]
    assert batch.positives.tolist() == [0, 0, 1]


@given(data=strategies.data())
def test_what_is_right_or_filtered_is_what_the_matrices_say(data: strategies.DataObject) -> None:
    queries, products = data.draw(strategies.integers(1, 6)), data.draw(strategies.integers(1, 9))
    shape = (queries, products)
    right = data.draw(arrays(np.bool_, shape))
    right[:, data.draw(strategies.integers(0, products - 1))] = True  # each has one to draw
    filtered = data.draw(arrays(np.bool_, shape))
    examples = Examples(NgramTexts(bags([])), csr_array(right), csr_array(filtered))
    rows = data.draw(strategies.lists(strategies.integers(0, queries - 1), min_size=1, max_size=8))

    batch = sampled(examples, rows, np.random.default_rng(0))

    inside = np.ix_(np.array(rows), batch.products)
    assert batch.filtered is not None
    assert batch.relevance.tolist() == right[inside].tolist()
    assert batch.filtered.tolist() == (filtered & ~right)[inside].tolist()


def test_a_batch_takes_no_memory_for_products_that_are_not_in_it() -> None:
    """One byte for each of them would be thirty times this."""
    right = csr_array(([True], ([0], [0])), shape=(1, 30_000_000))
    examples = Examples(NgramTexts(bags([])), right)

    tracemalloc.start()
    sampled(examples, [0], np.random.default_rng(0))
    _, highest = tracemalloc.get_traced_memory()
    tracemalloc.stop()

    assert highest < 1_000_000


@pytest.mark.parametrize(("cut", "share"), [(None, None), (0, 0.0), (3, 0.5)])
def test_the_share_of_cut_texts_is_that_of_queries_and_titles(
    cut: int | None, share: float | None
) -> None:
    examples = examples_of()

    class Cut:
        def __init__(self) -> None:
            self.cut = cut

        def __len__(self) -> int:
            return len(examples.texts)

        def select(self, rows: Rows) -> Inputs:
            return examples.texts.select(rows)

    assert Examples(Cut(), examples.relevance).cut_texts == share
