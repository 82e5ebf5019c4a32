from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from tests.training.labels.shelf import TITLES, shelf
from training.data.dataset import relevance_matrix
from training.labels import centroids as module
from training.labels.centroids import Centroids, MovingCentroids, StaleCentroids, build_centroids
from training.labels.settings import PrototypeLabelSettings

TITLE = torch.tensor([[0.0, -1.0]])
QUERIES = torch.tensor([[1.0, 0.0], [0.0, 1.0], [0.6, 0.8]])


def of_one_product(**changed: Any) -> Centroids:
    """Product 0 has two queries, product 1 one, and the other products none."""
    settings = PrototypeLabelSettings(attention_heads=1, **changed)
    return build_centroids(shelf([[0], [0], [1]]), settings)


def centroid(centroids: Centroids, product: int) -> list[float]:
    found: list[float] = centroids(torch.tensor([product]), TITLE)[0].tolist()
    return found


@pytest.mark.parametrize("rule", ["stale", "ema"])
def test_a_centroid_is_the_mean_of_the_queries_of_the_product(rule: str) -> None:
    """(1, 0) and (0, 1) have the mean (0.5, 0.5), which is not made a unit vector."""
    centroids = of_one_product(centroids=rule)

    centroids.refresh(QUERIES)

    assert centroid(centroids, 0) == [0.5, 0.5]
    assert centroid(centroids, 1) == pytest.approx([0.6, 0.8])


def test_a_product_without_a_query_has_its_title_instead() -> None:
    centroids = of_one_product()

    centroids.refresh(QUERIES)

    assert centroid(centroids, 2) == TITLE[0].tolist()


@pytest.mark.parametrize("rule", ["stale", "ema"])
def test_the_title_counts_as_so_many_queries(rule: str) -> None:
    """Two queries with the mean (0.5, 0.5) and 6 times the title (0, -1): (1, -5) / 8."""
    centroids = of_one_product(centroids=rule, title_weight=6.0)

    centroids.refresh(QUERIES)

    assert centroid(centroids, 0) == pytest.approx([0.125, -0.625])
    assert centroid(centroids, 2) == TITLE[0].tolist()


def test_stale_centroids_are_computed_anew_from_the_embeddings_they_are_given() -> None:
    centroids = of_one_product(centroids="stale")

    centroids.refresh(QUERIES)
    centroids.observe(QUERIES[:1], torch.tensor([0]))
    assert centroid(centroids, 0) == [0.5, 0.5]
    centroids.refresh(QUERIES.flip(1) * 0.5)

    assert centroid(centroids, 0) == [0.25, 0.25]


def test_a_moving_centroid_goes_a_twentieth_of_the_way_to_the_query() -> None:
    """0.95 (0.5, 0.5) + 0.05 (1, 0) = (0.525, 0.475): towards the query, not its own copy."""
    centroids = of_one_product(centroids="ema")
    centroids.refresh(QUERIES)

    centroids.observe(QUERIES[:1], torch.tensor([0]))

    assert centroid(centroids, 0) == pytest.approx([0.525, 0.475])
    assert centroid(centroids, 1) == pytest.approx([0.6, 0.8])


def test_queries_of_one_step_move_their_centroid_one_after_the_other() -> None:
    """Rate 0.5: (0.5, 0.5) -> by (1, 0) to (0.75, 0.25) -> by (0, 1) to (0.375, 0.625)."""
    centroids = of_one_product(centroids="ema", ema_rate=0.5)
    centroids.refresh(QUERIES)

    centroids.observe(QUERIES[[0, 2, 1]], torch.tensor([0, 1, 0]))

    assert centroid(centroids, 0) == pytest.approx([0.375, 0.625])


def test_moving_centroids_are_set_to_the_mean_only_once_also_after_a_restart() -> None:
    before = of_one_product(centroids="ema")
    before.refresh(QUERIES)
    before.observe(QUERIES[:1], torch.tensor([0]))
    after = of_one_product(centroids="ema")
    after.load_state_dict(before.state_dict())

    for centroids in (before, after):
        centroids.refresh(QUERIES)
        assert centroid(centroids, 0) == pytest.approx([0.525, 0.475])


@given(seed=st.integers(0, 50))
def test_all_means_agree_with_a_plain_loop_however_many_products_are_taken_at_once(
    seed: int,
) -> None:
    random = np.random.default_rng(seed)
    queries = torch.from_numpy(random.normal(size=(20, 3)).astype(np.float32))
    products_of = [random.choice(7, random.integers(0, 4), replace=False) for _ in range(20)]
    relevance = relevance_matrix([[int(i) for i in row] for row in products_of], 7)
    centroids = StaleCentroids(relevance, 3, 0.0)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(module, "PRODUCTS_AT_ONCE", 3)
        centroids.refresh(queries)

    for product in range(7):
        own = [queries[i] for i in range(20) if product in products_of[i]]
        expected = torch.stack(own).mean(dim=0) if own else torch.zeros(3)
        torch.testing.assert_close(centroids.vectors[product], expected)


@given(seed=st.integers(0, 50))
def test_a_step_moves_as_its_queries_one_by_one_would(seed: int) -> None:
    random = np.random.default_rng(seed)
    queries = torch.from_numpy(random.normal(size=(12, 2)).astype(np.float32))
    products = torch.from_numpy(random.integers(0, 5, 12))
    relevance = relevance_matrix([[int(product)] for product in products], 5)
    together, single = (MovingCentroids(relevance, 2, 0.0, 0.3) for _ in range(2))

    together.observe(queries, products)
    for i in range(12):
        single.observe(queries[i : i + 1], products[i : i + 1])

    torch.testing.assert_close(together.vectors, single.vectors)


def test_centroids_have_no_gradient() -> None:
    centroids = of_one_product()

    assert list(centroids.parameters()) == []
    assert len(TITLES) == len(centroids.vectors)
