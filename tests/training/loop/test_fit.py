from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
import torch

from models.encoder import FloatMatrix
from models.errors import ConfigurationError
from models.ngram.runtime import NgramEncoder
from tests.training.products import small_shop
from training.data.dataset import Dataset
from training.encoders.settings import NgramSettings
from training.examples import build_examples
from training.labels.settings import (
    FreeVectorLabelSettings,
    PrototypeLabelSettings,
    VectorTableSettings,
)
from training.loop.fit import _engine, fit
from training.loop.ranks import SingleRank
from training.loop.run import Run
from training.loop.step import Step
from training.losses.alc import AlcSettings
from training.losses.names import BaseLoss
from training.losses.settings import DynamicTripletSettings, TextTermSettings, TripletSettings
from training.progress import describe
from training.sampling.settings import SamplerSettings
from training.settings import TrainingSettings

ALC = AlcSettings(width=16, feedforward=16, attention_heads=2)
SETTINGS = TrainingSettings(
    epochs=2,
    batch_size=64,
    encoder=NgramSettings(dimension=32),
    sampler=SamplerSettings(cluster_size=16),
    warmup_steps=2,
    alc=ALC,
)


def trained(dataset: Dataset, settings: TrainingSettings) -> tuple[NgramEncoder, list[Step]]:
    steps: list[Step] = []
    encoder = fit(dataset, settings, steps.append).encoder
    assert isinstance(encoder, NgramEncoder)
    return encoder, steps


def with_table_rate(settings: TrainingSettings, rate: float) -> TrainingSettings:
    return replace(settings, encoder=NgramSettings(dimension=32, table_learning_rate=rate))


@contextmanager
def two_threads() -> Iterator[None]:
    before = torch.get_num_threads()
    torch.set_num_threads(2)
    yield
    torch.set_num_threads(before)


def top_1_precision(encoder: NgramEncoder, dataset: Dataset) -> float:
    titles = encoder.encode([product.title for product in dataset.products])
    best = (encoder.encode(dataset.texts) @ titles.T).argmax(axis=1)
    right = np.asarray(dataset.relevance[np.arange(len(best)), best])
    return float(right.mean())


def renamed_shop() -> Dataset:
    shop = small_shop()
    texts = tuple(text.replace("dishwasher", "washer machine") for text in shop.texts)
    return replace(shop, texts=texts)


def test_training_learns_what_the_words_mean() -> None:
    """`washer` names the dishwasher in offers only: no word of the title tells it."""
    renamed = renamed_shop()

    untrained, _ = trained(renamed, with_table_rate(replace(SETTINGS, epochs=1), 1e-9))
    learned, _ = trained(renamed, with_table_rate(replace(SETTINGS, epochs=6), 1e-2))

    assert top_1_precision(learned, renamed) > top_1_precision(untrained, renamed) + 0.05
    assert top_1_precision(learned, renamed) > 0.95


@pytest.mark.parametrize("base", ["triplet", "dynamic_triplet"])
def test_every_base_loss_learns_it_alone(base: BaseLoss) -> None:
    renamed = renamed_shop()
    settings = replace(SETTINGS, base=base, tcm=None, alc=None)

    untrained, _ = trained(renamed, with_table_rate(replace(settings, epochs=1), 1e-9))
    learned, _ = trained(renamed, with_table_rate(replace(settings, epochs=6), 1e-2))

    assert top_1_precision(learned, renamed) > top_1_precision(untrained, renamed) + 0.05


@pytest.mark.parametrize(
    ("base", "own"),
    [
        ("softmax", {"temperature": 0.1}),
        ("triplet", {"triplet": TripletSettings(margin=0.1)}),
        ("dynamic_triplet", {"dynamic_triplet": DynamicTripletSettings(largest_margin=0.1)}),
    ],
)
def test_the_chosen_base_loss_uses_its_own_settings(base: BaseLoss, own: dict[str, Any]) -> None:
    shop = small_shop()
    settings = replace(SETTINGS, base=base, epochs=1)

    usual, _ = trained(shop, settings)
    other, _ = trained(shop, replace(settings, **own))

    assert not np.array_equal(usual.table, other.table)


def test_the_same_seed_gives_the_same_numbers_on_several_threads() -> None:
    """The batch is large enough for the threads to share the sums of its gradients."""
    large = replace(SETTINGS, batch_size=256, encoder=NgramSettings(dimension=64), epochs=2)
    shop = small_shop()

    with two_threads():
        encoders = [trained(shop, large)[0] for _ in range(3)]

    assert len({encoder.table.tobytes() for encoder in encoders}) == 1
    assert len({encoder.residual.tobytes() for encoder in encoders}) == 1


@pytest.mark.parametrize(
    "changed",
    [
        {"seed": 1},
        {"epochs": 3},
        {"encoder": NgramSettings(dimension=16)},
        {"encoder": NgramSettings(dimension=32, table_learning_rate=1e-2)},
        {"encoder": NgramSettings(dimension=32, learning_rate=1e-2)},
        {"encoder": NgramSettings(dimension=32, weight_decay=0.5)},
        {"batch_size": 32},
        {"sampler": SamplerSettings(cluster_size=32)},
        {"sampler": SamplerSettings(cluster_size=16, double_at=(2,))},
        {"sampler": SamplerSettings(cluster_size=16, refresh_every=2)},
        {"precision": "bf16"},
        {"temperature": 0.1},
        {"base": "triplet"},
        {"base": "dynamic_triplet"},
        {"head_learning_rate": 1e-2},
        {"head_weight_decay": 0.5},
        {"warmup_steps": 0},
        {"tcm": None},
        {"alc": None},
        {"alc": replace(ALC, head="shared_head")},
        {"alc": replace(ALC, head="cross_attention")},
        {"alc": replace(ALC, head="set_attention")},
        {"alc": replace(ALC, query_label_weight=0.0)},
        {"alc": replace(ALC, query_batch_weight=0.0)},
        {"alc": replace(ALC, query_label_negatives=3)},
        {"alc": replace(ALC, classifier="mlp")},
        {"alc": replace(ALC, pair_representation="interactions")},
        {"alc": replace(ALC, inputs="raw")},
    ],
)
def test_every_setting_changes_the_encoder(changed: dict[str, Any]) -> None:
    shop = small_shop()

    usual, _ = trained(shop, SETTINGS)
    other, _ = trained(shop, replace(SETTINGS, **changed))

    assert not np.array_equal(usual.table, other.table)


def test_losses_on_titles_too_change_the_encoder() -> None:
    shop = small_shop()
    settings = replace(SETTINGS, labels=FreeVectorLabelSettings())

    usual, _ = trained(shop, settings)
    other, _ = trained(shop, replace(settings, alc=replace(ALC, on_titles=True)))

    assert not np.array_equal(usual.table, other.table)


def test_each_step_reports_its_parts() -> None:
    _, steps = trained(small_shop(), SETTINGS)

    assert [step.step for step in steps] == list(range(1, steps[-1].steps + 1))
    assert sum(step.queries for step in steps) == 2 * len(small_shop())
    assert {step.total_queries for step in steps} == {2 * len(small_shop())}
    assert all(step.parts.query_batch is not None for step in steps)


def test_what_is_switched_off_is_not_reported() -> None:
    _, steps = trained(small_shop(), replace(SETTINGS, tcm=None, alc=None))

    assert {(step.parts.tcm, step.parts.query_label) for step in steps} == {(None, None)}


@pytest.mark.parametrize(
    ("off", "told"),
    [("query_label_weight", {"base", "tcm", "qb"}), ("query_batch_weight", {"base", "tcm", "ql"})],
)
def test_an_auxiliary_loss_of_weight_0_is_not_reported(off: str, told: set[str]) -> None:
    weights: dict[str, Any] = {off: 0.0}

    _, steps = trained(small_shop(), replace(SETTINGS, alc=replace(ALC, **weights), epochs=1))

    for step in steps:
        assert set(describe(step.parts).split()[::2]) == told
        assert getattr(step.parts, off.removesuffix("_weight")) is None


@pytest.mark.parametrize("name", ["epochs", "temperature", "head_learning_rate", "micro_batch"])
def test_a_setting_that_cannot_be_used_is_named(name: str) -> None:
    unusable: dict[str, Any] = {name: 0}
    with pytest.raises(ConfigurationError, match=name):
        TrainingSettings(**unusable)


@pytest.mark.parametrize("name", ["dimension", "table_learning_rate", "learning_rate"])
def test_a_setting_of_the_encoder_that_cannot_be_used_is_named(name: str) -> None:
    unusable: dict[str, Any] = {name: 0}
    with pytest.raises(ConfigurationError, match=name):
        NgramSettings(**unusable)


def test_an_unknown_base_loss_is_refused_with_those_there_are() -> None:
    unusable: dict[str, Any] = {"base": "quadruplet"}
    with pytest.raises(ConfigurationError, match="softmax, triplet, dynamic_triplet"):
        TrainingSettings(**unusable)


def test_attention_heads_must_divide_what_they_attend_to() -> None:
    uneven = AlcSettings(attention_heads=3, head="batch_prototype")
    assert TrainingSettings(alc=uneven).alc
    with pytest.raises(ConfigurationError, match=r"width \(64\).*attention_heads \(3\)"):
        replace(uneven, head="set_attention")
    with pytest.raises(ConfigurationError, match=r"dimension \(256\).*attention_heads \(3\)"):
        TrainingSettings(alc=replace(uneven, head="cross_attention"))


def test_a_batch_of_one_has_no_negatives() -> None:
    with pytest.raises(ConfigurationError, match="batch_size"):
        replace(SETTINGS, batch_size=1)


@pytest.mark.parametrize(
    "changed",
    [
        {},
        {
            "labels": FreeVectorLabelSettings(),
            "alc": replace(ALC, inputs="raw", on_titles=True, classifier="mlp"),
        },
    ],
    ids=["unit vectors", "raw ones"],
)
def test_few_texts_at_a_time_compute_the_same(changed: dict[str, Any]) -> None:
    """Gradient caching: the memory of a step changes, its gradients do not."""
    shop = small_shop()
    settings = replace(SETTINGS, **changed)

    usual, _ = trained(shop, settings)
    few, _ = trained(shop, replace(settings, micro_batch=7))

    np.testing.assert_allclose(few.table, usual.table, atol=2e-4)


def test_the_products_to_be_searched_are_the_titles_under_the_exported_encoder() -> None:
    shop = small_shop()

    fitted = fit(shop, SETTINGS, lambda _: None)

    titles = fitted.encoder.encode([product.title for product in shop.products])
    np.testing.assert_allclose(fitted.products, titles, atol=1e-5)


def test_terms_on_titles_need_labels_that_are_more_than_titles() -> None:
    with pytest.raises(ConfigurationError, match=r"labels\.kind"):
        replace(SETTINGS, text_terms=TextTermSettings())
    with pytest.raises(ConfigurationError, match=r"alc\.on_titles.*labels\.kind"):
        replace(SETTINGS, alc=replace(ALC, on_titles=True))


def test_products_are_searched_as_they_are_without_dropout() -> None:
    """Dropout is on in training only: what is searched does not depend on chance."""
    labels = PrototypeLabelSettings(dropout=0.9, centroid_dropout=1.0, zero_start=False)
    settings = replace(SETTINGS, labels=labels)
    prepared, examples = build_examples(small_shop(), settings.encoder, settings.seed)
    engine = _engine(prepared.encoder, examples, settings, SingleRank())
    run = Run(engine, settings, lambda _: None, lambda: 0.0)
    run.train_epoch(1)

    assert np.array_equal(run.product_vectors(), run.product_vectors())


def test_centroids_are_those_of_the_queries_as_they_are_embedded_at_the_end() -> None:
    """With no queries' worth of title, no vectors and a layer that cannot learn: u + z."""
    shop = small_shop()
    labels = PrototypeLabelSettings(
        vectors=VectorTableSettings(initial_scale=0.0, learning_rate=1e-12),
        learning_rate=1e-12,
    )

    fitted = fit(shop, replace(SETTINGS, labels=labels, alc=None), lambda _: None)

    queries, titles = (
        fitted.encoder.encode(texts)
        for texts in (shop.texts, [product.title for product in shop.products])
    )
    right = shop.relevance.toarray().T.astype(np.float32)
    centroids: FloatMatrix = (right @ queries / 6).astype(np.float32)
    tokens = np.stack([standardised(titles), standardised(centroids)])
    mean = tokens.mean(axis=0)
    unit = mean / np.linalg.norm(mean, axis=1, keepdims=True)
    np.testing.assert_allclose(fitted.products, unit, atol=2e-3)


def standardised(vectors: FloatMatrix) -> FloatMatrix:
    """Return what a layer norm without weights makes of each row."""
    centred = vectors - vectors.mean(axis=1, keepdims=True)
    found: FloatMatrix = centred / np.sqrt(centred.var(axis=1, keepdims=True) + 1e-5)
    return found


def test_a_run_that_diverges_says_what_to_change() -> None:
    with pytest.raises(ConfigurationError, match="use lower learning rates"):
        trained(small_shop(), with_table_rate(SETTINGS, 1e38))
