from __future__ import annotations

from dataclasses import replace

import numpy as np

from models.catalogue import Product
from tests.training.products import small_shop
from training.evaluation.background import EvaluationSettings, background, category_groups
from training.evaluation.opis import NO_GROUP, OpisSettings
from training.evaluation.propensity import PropensitySettings


def test_equal_categories_are_one_group_and_none_is_no_group() -> None:
    categories = [{"category": "Ovens"}, {}, {"category": "CPUs"}, {"category": ""}]
    categories.append({"category": "Ovens"})
    products = [Product(str(at), "a title", named) for at, named in enumerate(categories)]
    assert category_groups(products).tolist() == [1, NO_GROUP, 0, NO_GROUP, 1]


def test_the_background_follows_its_settings() -> None:
    train = small_shop().subset(np.arange(30))
    usual = EvaluationSettings()
    flatter = replace(usual, propensity=PropensitySettings(a=0.1))
    steeper, flat = background(train, usual), background(train, flatter)
    assert steeper.inverse_propensities.shape == (60,)
    assert np.ptp(flat.inverse_propensities) < np.ptp(steeper.inverse_propensities)
    opis = OpisSettings(fewest_right_pairs=3)
    assert background(train, replace(usual, opis=opis)).opis == opis
