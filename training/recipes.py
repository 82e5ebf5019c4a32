"""Methods by name: which encoder, label representation, loss and sampler each is made of.

How each was tuned, and on what: docs/method.md, Recipes.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import get_args

from training.labels.settings import (
    FreeVectorLabelSettings,
    PrototypeLabelSettings,
    VectorTableSettings,
)
from training.losses.alc import AlcSettings
from training.losses.settings import TcmSettings, TextTermSettings
from training.names import RecipeName, Variant
from training.sampling.settings import SamplerSettings
from training.settings import TrainingSettings


def softmax() -> TrainingSettings:
    """Return decoupled softmax over the labels of the batch (DEXML)."""
    return TrainingSettings()


def ngame() -> TrainingSettings:
    """Return text labels and the triplet loss with one margin (NGAME)."""
    return TrainingSettings(base="triplet", tcm=_tcm(0.1), alc=_light_alc())


def dexa() -> TrainingSettings:
    """Return NGAME with free vectors beside the titles (DEXA)."""
    vectors = VectorTableSettings(initial_scale=0.0)
    return replace(ngame(), labels=FreeVectorLabelSettings(vectors=vectors))


def prime() -> TrainingSettings:
    """Return prototypes and the triplet loss with a dynamic margin, on titles too (PRIME)."""
    vectors = VectorTableSettings(private_vectors=0, initial_scale=0.0, learning_rate=1e-4)
    return TrainingSettings(
        labels=PrototypeLabelSettings(vectors=vectors, title_weight=8.0, feedforward=256),
        sampler=SamplerSettings(positives="inverse_propensity"),
        base="dynamic_triplet",
        tcm=_tcm(0.3),
        alc=_light_alc(),
        text_terms=TextTermSettings(),
    )


_MADE: Mapping[RecipeName, Callable[[], TrainingSettings]] = {
    "softmax": softmax,
    "ngame": ngame,
    "dexa": dexa,
    "prime": prime,
}
# By any text: what a file names is looked for in it.
RECIPES: Mapping[str, Callable[[], TrainingSettings]] = {
    name: _MADE[name] for name in get_args(RecipeName)
}


def in_variant(settings: TrainingSettings, variant: Variant) -> TrainingSettings:
    """Return the settings without the additional losses that the variant has not."""
    return replace(
        settings,
        tcm=settings.tcm if variant.has_tcm else None,
        alc=settings.alc if variant.has_alc else None,
    )


def method_name(settings: TrainingSettings) -> str:
    """Return the published method that these settings amount to, else its loss and its labels."""
    match settings.labels.kind, settings.base:
        case "text", "triplet":
            return "NGAME"
        case "free_vectors", "triplet":
            return "DEXA"
        case "prototype", "dynamic_triplet" if settings.text_terms:
            return "PRIME"
    labels = {"text": "", "free_vectors": " on free vectors", "prototype": " on prototypes"}
    return settings.base.replace("_", " ") + labels[settings.labels.kind]


def _tcm(weight: float) -> TcmSettings:
    """Return weights that fit a triplet loss: a mean over ten negatives is small beside a sum."""
    return TcmSettings(positive_weight=weight, negative_weight=weight)


def _light_alc() -> AlcSettings:
    return AlcSettings(query_label_weight=0.3, query_batch_weight=0.03)
