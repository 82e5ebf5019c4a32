from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
import torch
from torch.nn import functional

from models.errors import ConfigurationError
from tests.training.labels.shelf import shelf
from training.encoders.settings import NgramSettings
from training.labels.prototype import PrototypeLabels
from training.labels.settings import PrototypeLabelSettings, VectorTableSettings
from training.settings import TrainingSettings

SETTINGS = PrototypeLabelSettings(
    vectors=VectorTableSettings(private_vectors=5), attention_heads=1, feedforward=4
)
FOUR = torch.tensor([[2.0, 1.0, 0.0, 1.0], [0.0, 1.0, 0.0, 0.0]])


def prototypes(**changed: Any) -> PrototypeLabels:
    """Two products in four dimensions; the first has a query, the second none."""
    torch.manual_seed(0)
    labels = PrototypeLabels(shelf([[0]], FOUR), replace(SETTINGS, **changed))
    labels.refresh(torch.tensor([[0.0, 0.0, 0.6, 0.8]]))
    return labels


def found(labels: PrototypeLabels, product: int) -> torch.Tensor:
    vector: torch.Tensor = labels(FOUR[[product]], torch.tensor([product])).final[0]
    return vector


def test_a_layer_that_mixes_nothing_leaves_the_mean_of_the_three_normalised_tokens() -> None:
    """The layer's norm takes away a token's mean and divides by its standard deviation.

    u = (2, 1, 0, 1): mean 1, deviation sqrt(1/2)     -> (1.4142, 0, -1.4142, 0)
    v = (3, 1, 3, 1): mean 2, deviation 1             -> (1, -1, 1, -1)
    z = (0, 0, 0.6, 0.8): mean 0.35, variance 0.1275  -> (-0.9802, -0.9802, 0.7001, 1.2603)
    sum (1.4340, -1.9802, 0.2859, 0.2603), length 2.4752
    """
    labels = prototypes().eval()
    labels.vectors.table.data[0] = torch.tensor([3.0, 1.0, 3.0, 1.0])

    expected = torch.tensor([0.5793, -0.8000, 0.1155, 0.1052])
    torch.testing.assert_close(found(labels, 0), expected, atol=2e-4, rtol=0)


def test_the_title_takes_the_place_of_the_centroid_where_no_query_names_the_product() -> None:
    """u = z = (0, 1, 0, 0) and v = (0, 0, 0, 0): norm(2 norm'(u)) = (-1, 3, -1, -1) / sqrt(12)."""
    labels = prototypes().eval()
    labels.vectors.table.data.zero_()

    expected = torch.tensor([-1.0, 3.0, -1.0, -1.0]) / 12**0.5
    torch.testing.assert_close(found(labels, 1), expected, atol=2e-4, rtol=0)


def test_the_title_alone_is_its_unit_embedding() -> None:
    text = prototypes()(FOUR, torch.tensor([0, 1])).text

    torch.testing.assert_close(text, functional.normalize(FOUR, dim=1))


def test_the_prototype_is_a_unit_vector_and_the_layer_mixes_all_three_tokens() -> None:
    labels = prototypes(zero_start=False).eval()
    before = found(labels, 0)
    torch.testing.assert_close(before.norm(), torch.tensor(1.0))

    labels.vectors.table.data[0] += 1 + torch.arange(4)
    other_vector = found(labels, 0)
    labels.refresh(torch.tensor([[1.0, 0.0, 0.0, 0.0]]))
    other_centroid = found(labels, 0)

    assert not torch.allclose(before, other_vector)
    assert not torch.allclose(other_vector, other_centroid)


def test_tokens_are_dropped_out_in_training_only() -> None:
    labels = prototypes(zero_start=False, dropout=0.5)

    assert not torch.equal(found(labels, 0), found(labels, 0))
    labels.eval()
    assert torch.equal(found(labels, 0), found(labels, 0))


def test_dropped_centroids_are_the_title_in_training_only() -> None:
    usual, dropping = prototypes(dropout=0.0), prototypes(dropout=0.0, centroid_dropout=1.0)
    unnamed = prototypes(dropout=0.0)
    unnamed.centroids.offsets.zero_()

    assert torch.equal(found(dropping, 0), found(unnamed, 0))
    assert not torch.allclose(found(dropping, 0), found(usual, 0))
    dropping.eval()
    torch.testing.assert_close(found(dropping, 0), found(usual, 0))


def test_about_the_configured_share_of_centroids_is_dropped() -> None:
    labels = prototypes(dropout=0.0, centroid_dropout=0.25)
    rows = torch.zeros(2000, dtype=torch.long)

    final = labels(FOUR[rows], rows).final

    kept = prototypes(dropout=0.0)(FOUR[:1], rows[:1]).final
    share = 1 - torch.isclose(final, kept, atol=1e-5).all(dim=1).float().mean()
    assert float(share) == pytest.approx(0.25, abs=0.04)


def test_all_is_trained_once_and_norms_biases_and_vectors_do_not_decay() -> None:
    labels = prototypes(learning_rate=0.3, weight_decay=0.2)

    groups = labels.parameter_groups()

    trained = [parameter for group in groups for parameter in group.parameters]
    assert len(trained) == len(list(labels.parameters()))
    assert {id(one) for one in trained} == {id(one) for one in labels.parameters()}
    assert [(group.learning_rate, group.weight_decay) for group in groups] == [
        (SETTINGS.vectors.learning_rate, 0.0),
        (0.3, 0.2),
        (0.3, 0.0),
    ]
    assert all(one.ndim == 1 for one in groups[2].parameters)


def test_gradients_reach_title_vector_and_layer_but_not_the_centroid() -> None:
    labels = prototypes()
    raw = FOUR.clone().requires_grad_()

    labels(raw, torch.tensor([0, 1])).final[:, 0].sum().backward()

    assert raw.grad is not None
    assert raw.grad.any()
    assert labels.vectors.table.grad is not None
    assert labels.layer.linear2.weight.grad is not None
    assert not labels.centroids.vectors.requires_grad


def test_heads_must_divide_the_dimension() -> None:
    with pytest.raises(ConfigurationError, match=r"dimension \(32\).*attention_heads \(3\)"):
        TrainingSettings(
            alc=None,
            encoder=NgramSettings(dimension=32),
            labels=PrototypeLabelSettings(attention_heads=3),
        )
    with pytest.raises(ConfigurationError, match="attention_heads"):
        prototypes(attention_heads=3)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("ema_rate", 0.0),
        ("ema_rate", 1.5),
        ("centroid_dropout", 1.1),
        ("centroid_dropout", -0.1),
        ("attention_heads", 0),
        ("feedforward", 0),
        ("dropout", 1.0),
        ("learning_rate", 0.0),
        ("weight_decay", -1.0),
        ("centroids", "mean"),
    ],
)
def test_a_setting_that_cannot_be_used_is_named(name: str, value: Any) -> None:
    with pytest.raises(ConfigurationError, match=name):
        replace(SETTINGS, **{name: value})
