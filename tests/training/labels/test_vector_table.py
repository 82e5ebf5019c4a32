from __future__ import annotations

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from models.errors import ConfigurationError
from tests.training.labels.shelf import shelf
from training.labels.settings import VectorTableSettings
from training.labels.vector_table import VectorTable, vector_rows

SHARED = VectorTableSettings(products_per_vector=2, private_vectors=0)


def test_products_with_similar_titles_share_a_vector() -> None:
    titles = torch.tensor([[1.0, 0.0], [0.0, 2.0], [3.0, 0.1], [0.1, 1.0]])

    rows = vector_rows(shelf([[0], [1]], titles), SHARED)

    assert rows[0] == rows[2]
    assert rows[1] == rows[3]
    assert sorted(set(rows.tolist())) == [0, 1]


def test_the_products_that_most_queries_name_have_a_vector_of_their_own() -> None:
    """Named 1, 0, 2, 3 and 1 times: the products 3 and 2 come first, the others share."""
    context = shelf([[2, 3], [2, 3], [3], [0], [4]])

    rows = vector_rows(context, VectorTableSettings(products_per_vector=8, private_vectors=2))

    assert rows.tolist() == [2, 2, 1, 0, 2]


def test_a_product_without_a_query_has_no_vector_of_its_own() -> None:
    context = shelf([[2], [3]])

    rows = vector_rows(context, VectorTableSettings(products_per_vector=8, private_vectors=100))

    assert rows.tolist() == [2, 2, 0, 1, 2]


def test_every_product_may_have_a_vector_of_its_own() -> None:
    rows = vector_rows(shelf(), VectorTableSettings(private_vectors=100))

    assert rows.tolist() == [0, 1, 2, 3, 4]


@given(
    products=st.integers(1, 60),
    largest=st.integers(1, 9),
    private=st.integers(0, 20),
    seed=st.integers(0, 3),
)
def test_every_row_is_used_and_by_no_more_products_than_may_share_it(
    products: int, largest: int, private: int, seed: int
) -> None:
    titles = torch.randn(products, 3, generator=torch.Generator().manual_seed(seed))
    context = shelf([[product] for product in range(0, products, 2)], titles, seed)

    rows = vector_rows(context, VectorTableSettings(largest, private))

    counts = np.bincount(rows)
    assert len(rows) == products
    assert counts.min() >= 1
    assert counts.max() <= largest
    assert (counts[: min(private, -(-products // 2))] == 1).all()


def test_vectors_start_within_the_scaled_bound_of_xavier() -> None:
    """Three rows of two columns: the bound is sqrt(6 / 5) = 1.0954."""
    usual, half, zero = (
        VectorTable(shelf(), VectorTableSettings(2, private_vectors=0, initial_scale=scale)).table
        for scale in (1.0, 0.5, 0.0)
    )

    bound = (6 / (len(usual) + 2)) ** 0.5
    assert 0.3 * bound < float(usual.detach().abs().max()) <= bound
    torch.testing.assert_close(half, usual / 2)
    assert not zero.any()


def test_the_seed_draws_the_vectors() -> None:
    same, other = (VectorTable(shelf(seed=seed), SHARED).table for seed in (0, 1))

    assert torch.equal(VectorTable(shelf(seed=0), SHARED).table, same)
    assert not torch.equal(other, same)


def test_only_the_vectors_of_a_batch_have_gradients() -> None:
    vectors = VectorTable(shelf(), VectorTableSettings(private_vectors=5))

    vectors(torch.tensor([1, 3])).sum().backward()

    assert vectors.table.grad is not None
    assert vectors.table.grad.is_sparse
    touched = vectors.table.grad.to_dense().any(dim=1)
    assert touched.tolist() == [False, True, False, True, False]


def test_the_table_is_updated_at_its_own_rate_without_decay() -> None:
    vectors = VectorTable(shelf(), VectorTableSettings(learning_rate=0.3))

    (group,) = vectors.parameter_groups()

    assert (group.learning_rate, group.weight_decay, group.sparse) == (0.3, 0.0, True)


@pytest.mark.parametrize("name", ["products_per_vector", "learning_rate"])
def test_a_setting_that_cannot_be_used_is_named(name: str) -> None:
    with pytest.raises(ConfigurationError, match=name):
        VectorTableSettings(**{name: 0})
