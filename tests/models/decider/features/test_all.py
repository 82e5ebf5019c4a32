from __future__ import annotations

import numpy as np

from models.decider.features.all import FEATURES, NAMES, features_of
from models.decider.phrases import compared, phrase
from tests.models.decider.catalogue import pairs


def test_every_feature_has_one_column() -> None:
    found = features_of(pairs("neff 64gb"))
    assert found.shape == (1, 4, len(FEATURES))
    assert found.dtype == np.float32
    for column, feature in enumerate(FEATURES):
        expected = np.broadcast_to(feature.function(pairs("neff 64gb")), (1, 4))
        np.testing.assert_array_equal(found[..., column], expected)


def test_names_are_distinct_and_documented() -> None:
    assert len(set(NAMES)) == len(NAMES)
    assert all(feature.function.__doc__ for feature in FEATURES)


def test_every_feature_has_its_words() -> None:
    pair = compared("neff", "neff fridge")
    for name in NAMES:
        for value in (1.0, 0.0, -1.0, float("nan")):
            assert phrase(name, value, pair)
