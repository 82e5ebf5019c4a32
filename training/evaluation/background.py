"""What some measures need to know beside the test queries."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from models.catalogue import Product
from training.data.dataset import Dataset
from training.evaluation.opis import NO_GROUP, Groups, OpisSettings
from training.evaluation.propensity import PropensitySettings, Weights, inverse_propensities

CATEGORY = "category"


@dataclass(frozen=True, slots=True)
class EvaluationSettings:
    """How models are measured."""

    propensity: PropensitySettings = field(default_factory=PropensitySettings)
    """How measures weight rare products."""

    opis: OpisSettings = field(default_factory=OpisSettings)
    """How differently one threshold treats categories of products."""


@dataclass(frozen=True, slots=True, eq=False)
class Background:
    """Inverse propensity and group of each product, in catalogue order."""

    inverse_propensities: Weights
    groups: Groups
    opis: OpisSettings


def background(train: Dataset, settings: EvaluationSettings) -> Background:
    """Return what the training part says: how frequent products are, and their categories."""
    return Background(
        inverse_propensities(train.relevance, settings.propensity),
        category_groups(train.products),
        settings.opis,
    )


def category_groups(products: Sequence[Product]) -> Groups:
    """Return a number per product, equal for equal categories; `NO_GROUP` without a category."""
    names = [product.attributes.get(CATEGORY, "") for product in products]
    number = {name: at for at, name in enumerate(sorted(set(names) - {""}))}
    return np.array([number.get(name, NO_GROUP) for name in names], dtype=np.int64)
