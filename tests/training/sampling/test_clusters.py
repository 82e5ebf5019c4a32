from __future__ import annotations

from itertools import chain

import numpy as np
import pytest

from models.encoder import FloatMatrix
from models.errors import ConfigurationError
from training.sampling.clusters import Clusters, batch_rows, cluster_queries, is_due
from training.sampling.settings import SamplerSettings

SETTINGS = SamplerSettings(cluster_size=4, double_at=(3, 5), refresh_every=2)


def unit_vectors(count: int) -> FloatMatrix:
    vectors = np.random.default_rng(0).normal(size=(count, 4)).astype(np.float32)
    unit: FloatMatrix = vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
    return unit


def clusters_of(epoch: int, settings: SamplerSettings = SETTINGS) -> Clusters:
    return cluster_queries(unit_vectors(50), epoch, settings, np.random.default_rng(1))


def test_the_cluster_size_doubles_when_the_epochs_of_the_schedule_begin() -> None:
    assert [SETTINGS.size_at(epoch) for epoch in range(1, 7)] == [4, 4, 8, 8, 16, 16]


def test_clusters_are_due_at_the_start_after_a_doubling_and_when_they_are_old() -> None:
    first = clusters_of(epoch=1)

    assert is_due(None, 1, SETTINGS)
    assert not is_due(first, 2, SETTINGS)
    assert is_due(first, 3, SETTINGS)
    assert is_due(first, 3, SamplerSettings(cluster_size=4, refresh_every=2))
    assert not is_due(first, 3, SamplerSettings(cluster_size=4, refresh_every=3))


def test_clusters_of_one_query_are_batches_at_random() -> None:
    settings = SamplerSettings(cluster_size=1, double_at=(2,))

    assert not is_due(None, 1, settings)
    assert is_due(None, 2, settings)


def test_no_cluster_is_larger_than_the_epoch_allows() -> None:
    sizes = np.diff([0, *clusters_of(epoch=3).ends])

    assert max(sizes) <= 8
    assert max(sizes) > 4


@pytest.mark.parametrize("clusters", [clusters_of(1), None], ids=["clustered", "random"])
def test_batches_contain_each_row_once_in_a_seeded_order(clusters: Clusters | None) -> None:
    first, again, other = (
        [rows.tolist() for rows in batch_rows(50, clusters, 16, np.random.default_rng(seed))]
        for seed in (3, 3, 4)
    )

    assert [len(rows) for rows in first] == [16, 16, 16, 2]
    assert sorted(chain.from_iterable(first)) == list(range(50))
    assert first == again
    assert first != other


def test_the_rows_of_a_cluster_stay_together() -> None:
    clusters = clusters_of(1)
    members = [set(part.tolist()) for part in np.split(clusters.order, clusters.ends[:-1])]

    order = np.concatenate(batch_rows(50, clusters, 16, np.random.default_rng(3))).tolist()

    place = {row: at for at, row in enumerate(order)}
    for cluster in members:
        places = sorted(place[row] for row in cluster)
        assert places[-1] - places[0] == len(cluster) - 1


@pytest.mark.parametrize(
    ("unusable", "field"),
    [
        ({"cluster_size": 0}, "cluster_size"),
        ({"refresh_every": 0}, "refresh_every"),
        ({"double_at": (0,)}, "double_at"),
        ({"positives": "hardest"}, "positives"),
    ],
)
def test_a_setting_that_cannot_be_used_is_named(unusable: dict[str, object], field: str) -> None:
    with pytest.raises(ConfigurationError, match=field):
        SamplerSettings(**unusable)  # type: ignore[arg-type]
