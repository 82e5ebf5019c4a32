from __future__ import annotations

from dataclasses import replace
from typing import Any, get_args

import pytest
import torch

from models.errors import ConfigurationError
from tests.training.losses.alc.heads import SETTINGS, alc, random_batch, values
from tests.training.losses.example import small_batch
from training.losses.alc import AlcSettings, QueryBatchHead
from training.losses.alc.settings import Classifier, Inputs
from training.losses.batch import EmbeddedBatch

each_head = pytest.mark.parametrize("head", get_args(QueryBatchHead))


def test_the_value_is_the_weighted_sum_of_its_parts() -> None:
    batch = random_batch(dimension=8)
    weighted = replace(SETTINGS, query_label_weight=0.5, query_batch_weight=2.0)

    loss = alc(weighted, dimension=8)(batch, batch.similarities)

    expected = 0.5 * loss.query_label.item() + 2.0 * loss.query_batch.item()
    assert loss.value.item() == pytest.approx(expected, rel=1e-6)


@pytest.mark.parametrize(("off", "other"), [("label", "batch"), ("batch", "label")])
def test_a_loss_of_weight_0_is_not_computed(off: str, other: str) -> None:
    batch = random_batch(dimension=8)
    weights: dict[str, Any] = {f"query_{off}_weight": 0.0, f"query_{other}_weight": 0.5}

    losses = alc(replace(SETTINGS, **weights), dimension=8)
    loss = losses(batch, batch.similarities)

    assert {name.partition(".")[0] for name in losses.state_dict()} == {f"query_{other}"}
    assert getattr(loss, f"query_{off}") is None
    assert loss.value.item() == pytest.approx(0.5 * getattr(loss, f"query_{other}").item())


def test_what_a_head_that_is_not_computed_needs_is_not_asked_for() -> None:
    for head in ("set_attention", "cross_attention"):
        settings = AlcSettings(query_batch_weight=0.0, head=head, width=5)
        settings.check_dimension(7)
        batch = random_batch(dimension=7)
        assert torch.isfinite(alc(settings, dimension=7)(batch, batch.similarities).value)


def test_weights_that_switch_everything_off_are_refused() -> None:
    with pytest.raises(ConfigurationError, match="leave alc out"):
        AlcSettings(query_label_weight=0, query_batch_weight=0)


@each_head
def test_a_missing_negative_counts_nothing(head: QueryBatchHead) -> None:
    """All labels of the second query are right: only its positive pair is left."""
    batch = small_batch()
    queries = batch.queries.clone().requires_grad_(True)
    relevance = torch.tensor([[True, False, False], [True, True, True]])
    alone = EmbeddedBatch(queries, batch.labels, relevance, batch.positives)

    loss = alc(replace(SETTINGS, head=head))(alone, alone.similarities)
    (gradient,) = torch.autograd.grad(loss.value, queries)

    assert torch.isfinite(loss.value)
    assert torch.isfinite(gradient).all()


@each_head
def test_the_gradient_reaches_queries_and_labels(head: QueryBatchHead) -> None:
    batch = small_batch()
    queries, labels = (part.clone().requires_grad_(True) for part in (batch.queries, batch.labels))
    moved = EmbeddedBatch(queries, labels, batch.relevance, batch.positives)
    only_batch = replace(SETTINGS, head=head, query_label_weight=0.0)

    loss = alc(only_batch)(moved, moved.similarities).value
    gradients = torch.autograd.grad(loss, [queries, labels])

    assert all(float(gradient.abs().sum()) > 0 for gradient in gradients)


def test_every_head_gives_another_loss() -> None:
    batch = random_batch(dimension=8)

    losses = [
        values(alc(replace(SETTINGS, head=head), dimension=8), batch)[1]
        for head in get_args(QueryBatchHead)
    ]

    assert len({round(loss, 6) for loss in losses}) == 4


def swapped(batch: EmbeddedBatch, *names: str) -> EmbeddedBatch:
    """Return the batch with these embeddings turned around."""
    return replace(batch, **{name: -getattr(batch, name) for name in names})


@each_head
@pytest.mark.parametrize("classifier", get_args(Classifier))
def test_interactions_hide_the_embeddings_from_every_head(
    head: QueryBatchHead, classifier: Classifier
) -> None:
    """Turned around, both have the same distance and product; whole, the heads see it."""
    batch = random_batch(dimension=8)
    around = swapped(batch, "queries", "labels")
    settings = replace(SETTINGS, head=head, classifier=classifier)

    hidden = alc(replace(settings, pair_representation="interactions"), dimension=8)
    whole = alc(settings, dimension=8)

    assert values(hidden, batch) == pytest.approx(values(hidden, around), abs=1e-6)
    for one, other in zip(values(whole, batch), values(whole, around), strict=True):
        assert one != pytest.approx(other, abs=1e-4)


@each_head
def test_every_head_is_shown_the_raw_embeddings_and_only_these(head: QueryBatchHead) -> None:
    """Which labels are shown, and B3's weights of them, follow from the cosines."""
    batch = random_batch(dimension=8)
    raw, unit = (
        alc(replace(SETTINGS, head=head, inputs=inputs), dimension=8)
        for inputs in get_args(Inputs)[::-1]
    )

    as_unit = replace(batch, raw_queries=batch.queries, raw_labels=batch.labels)
    assert values(raw, as_unit) == values(unit, batch)
    for one, other in zip(values(raw, batch), values(unit, batch), strict=True):
        assert one != pytest.approx(other, abs=1e-4)


@each_head
@pytest.mark.parametrize("inputs", get_args(Inputs))
def test_every_head_is_shown_labels_and_titles(head: QueryBatchHead, inputs: Inputs) -> None:
    """The mean of the value on labels and of that on titles, as if these were the labels."""
    batch = random_batch(dimension=8)
    assert batch.titles is not None
    titles = replace(batch, labels=batch.titles, raw_labels=batch.raw_titles)
    settings = replace(SETTINGS, head=head, inputs=inputs)

    both = values(alc(replace(settings, on_titles=True), dimension=8), batch)

    apart = [values(alc(settings, dimension=8), one) for one in (batch, titles)]
    means = [sum(one) / 2 for one in zip(*apart, strict=True)]
    assert both == pytest.approx(means, rel=1e-5)


@pytest.mark.parametrize(
    ("changed", "lacking"),
    [({"inputs": "raw"}, "raw embeddings"), ({"on_titles": True}, "losses on titles")],
)
def test_a_batch_without_what_is_to_be_shown_is_refused(
    changed: dict[str, Any], lacking: str
) -> None:
    batch = small_batch()
    with pytest.raises(ConfigurationError, match=lacking):
        alc(replace(SETTINGS, **changed))(batch, batch.similarities)


@pytest.mark.parametrize(
    ("head", "changed"),
    [
        ("set_attention", {"query_label_weight": 0.5}),
        ("set_attention", {"query_batch_weight": 1.0}),
        ("set_attention", {"negatives": 1}),
        ("set_attention", {"attention_heads": 2}),
        ("set_attention", {"width": 16}),
        ("set_attention", {"feedforward": 8}),
        ("set_attention", {"dropout": 0.5}),
        ("set_attention", {"query_label_negatives": 3}),
        ("set_attention", {"classifier": "mlp"}),
        ("set_attention", {"pair_representation": "interactions"}),
        ("set_attention", {"inputs": "raw"}),
        ("set_attention", {"on_titles": True}),
        ("shared_head", {"negatives": 1}),
        ("cross_attention", {"attention_heads": 2}),
        ("cross_attention", {"dropout": 0.5}),
        ("batch_prototype", {"negatives": 1}),
        ("batch_prototype", {"prototype_temperature": 1.0}),
    ],
)
def test_every_setting_of_a_head_changes_the_loss(
    head: QueryBatchHead, changed: dict[str, Any]
) -> None:
    batch = random_batch(dimension=8)
    settings = replace(SETTINGS, head=head)

    usual = alc(settings, dimension=8)(batch, batch.similarities).value
    other = alc(replace(settings, **changed), dimension=8)(batch, batch.similarities).value

    assert other.item() != pytest.approx(usual.item(), abs=1e-6)


@pytest.mark.parametrize(
    "name",
    [
        "negatives",
        "query_label_negatives",
        "attention_heads",
        "width",
        "feedforward",
        "prototype_temperature",
    ],
)
def test_a_setting_that_cannot_be_used_is_named(name: str) -> None:
    unusable: dict[str, Any] = {name: 0}
    with pytest.raises(ConfigurationError, match=name):
        AlcSettings(**unusable)


@pytest.mark.parametrize("dropout", [-0.1, 1.0])
def test_dropout_is_a_share_below_one(dropout: float) -> None:
    with pytest.raises(ConfigurationError, match="dropout"):
        AlcSettings(dropout=dropout)


@pytest.mark.parametrize(
    ("name", "known"),
    [
        ("classifier", "linear, mlp"),
        ("pair_representation", "full, interactions"),
        ("inputs", "normalised, raw"),
    ],
)
def test_an_unknown_choice_is_refused_with_those_there_are(name: str, known: str) -> None:
    unusable: dict[str, Any] = {name: "other"}
    with pytest.raises(ConfigurationError, match=f"{name} must be one of {known}"):
        AlcSettings(**unusable)


def test_an_unknown_head_is_refused_with_those_there_are() -> None:
    unusable: dict[str, Any] = {"head": "crystal_ball"}
    with pytest.raises(ConfigurationError, match="cross_attention, batch_prototype"):
        AlcSettings(**unusable)
