from __future__ import annotations

from dataclasses import replace
from functools import cache
from typing import Any

import numpy as np
import pytest

from models.encoder import FloatMatrix
from tests.training.products import small_shop
from training.data.dataset import Dataset
from training.encoders.settings import NgramSettings
from training.labels.settings import (
    FreeVectorLabelSettings,
    PrototypeLabelSettings,
    TextLabelSettings,
    VectorTableSettings,
)
from training.loop.fit import Fitted, fit
from training.losses.alc import AlcSettings
from training.losses.settings import TextTermSettings
from training.names import Variant
from training.recipes import RECIPES, in_variant, method_name
from training.settings import TrainingSettings

each_recipe = pytest.mark.parametrize("name", list(RECIPES))


def small(settings: TrainingSettings, **changed: Any) -> TrainingSettings:
    """Return the settings for a shop of 60 products."""
    fitting: dict[str, Any] = {
        "epochs": 3,
        "batch_size": 64,
        "encoder": NgramSettings(dimension=32, table_learning_rate=1e-2),
        "sampler": replace(settings.sampler, cluster_size=16),
        "warmup_steps": 2,
        "alc": settings.alc and AlcSettings(feedforward=16, attention_heads=2),
    }
    return replace(settings, **(fitting | changed))


@cache
def renamed_shop() -> Dataset:
    """`washer` names the dishwasher in offers only: no word of the title tells it."""
    shop = small_shop()
    texts = tuple(text.replace("dishwasher", "washer machine") for text in shop.texts)
    return replace(shop, texts=texts)


def trained(settings: TrainingSettings) -> Fitted:
    return fit(renamed_shop(), settings, lambda _: None)


def top_1_precision(fitted: Fitted) -> float:
    shop = renamed_shop()
    best = (fitted.encoder.encode(shop.texts) @ fitted.products.T).argmax(axis=1)
    return float(np.asarray(shop.relevance[np.arange(len(best)), best]).mean())


@cache
def untrained() -> float:
    alone = in_variant(RECIPES["softmax"](), Variant.NONE)
    still = NgramSettings(dimension=32, table_learning_rate=1e-9, learning_rate=1e-9)
    return top_1_precision(trained(small(alone, epochs=1, encoder=still)))


@each_recipe
def test_every_recipe_learns_what_the_words_mean(name: str) -> None:
    learned = top_1_precision(trained(small(RECIPES[name](), epochs=4)))

    assert learned > untrained() + 0.05
    assert learned > 0.95


@each_recipe
def test_the_seed_decides_what_a_recipe_learns(name: str) -> None:
    first, again, other = (
        trained(small(RECIPES[name](), seed=seed, epochs=1)).products for seed in (0, 0, 1)
    )

    assert np.array_equal(first, again)
    assert not np.allclose(first, other)


@each_recipe
def test_a_variant_switches_off_what_it_does_not_name_and_nothing_else(name: str) -> None:
    full = RECIPES[name]()

    assert full.tcm
    assert full.alc
    assert in_variant(full, Variant.BOTH) == full
    assert in_variant(full, Variant.TCM) == replace(full, alc=None)
    assert in_variant(full, Variant.ALC) == replace(full, tcm=None)
    assert in_variant(full, Variant.NONE) == replace(full, tcm=None, alc=None)


def test_the_recipes_are_the_published_methods() -> None:
    assert {name: method_name(make()) for name, make in RECIPES.items()} == {
        "softmax": "softmax",
        "ngame": "NGAME",
        "dexa": "DEXA",
        "prime": "PRIME",
    }


@pytest.mark.parametrize(
    ("labels", "base", "name"),
    [
        (TextLabelSettings(), "dynamic_triplet", "dynamic triplet"),
        (FreeVectorLabelSettings(), "softmax", "softmax on free vectors"),
        (PrototypeLabelSettings(), "triplet", "triplet on prototypes"),
        (PrototypeLabelSettings(), "dynamic_triplet", "dynamic triplet on prototypes"),
    ],
)
def test_another_composition_is_named_by_its_parts(labels: Any, base: Any, name: str) -> None:
    assert method_name(TrainingSettings(labels=labels, base=base)) == name


VECTORS = VectorTableSettings(private_vectors=5)
DEXA = FreeVectorLabelSettings(vectors=VECTORS)
PRIME = PrototypeLabelSettings(vectors=VECTORS, attention_heads=2, feedforward=16)


@cache
def products_of(labels: FreeVectorLabelSettings | PrototypeLabelSettings) -> FloatMatrix:
    settings = TrainingSettings(tcm=None, alc=None, labels=labels, text_terms=TextTermSettings())
    return trained(small(settings, epochs=1)).products


@pytest.mark.parametrize("labels", [DEXA, PRIME], ids=["free_vectors", "prototype"])
@pytest.mark.parametrize(
    "changed",
    [
        {"products_per_vector": 4},
        {"private_vectors": 20},
        {"learning_rate": 5e-3},
        {"initial_scale": 0.5},
    ],
)
def test_every_setting_of_the_vectors_changes_the_products(
    labels: FreeVectorLabelSettings | PrototypeLabelSettings, changed: dict[str, Any]
) -> None:
    other = replace(labels, vectors=replace(VECTORS, **changed))

    assert not np.allclose(products_of(other), products_of(labels))


@pytest.mark.parametrize(
    "changed",
    [
        {"centroids": "ema"},
        {"centroids": "ema", "ema_rate": 0.5},
        {"title_weight": 4.0},
        {"centroid_dropout": 0.5},
        {"attention_heads": 4},
        {"feedforward": 32},
        {"dropout": 0.5},
        {"zero_start": False},
        {"learning_rate": 5e-3},
        {"weight_decay": 5.0},
    ],
)
def test_every_setting_of_the_prototypes_changes_the_products(changed: dict[str, Any]) -> None:
    before = replace(PRIME, centroids=changed.get("centroids", "stale"))
    before = before if "ema_rate" in changed else PRIME

    assert not np.allclose(products_of(replace(PRIME, **changed)), products_of(before))
