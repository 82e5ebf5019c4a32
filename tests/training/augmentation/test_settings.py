from __future__ import annotations

from typing import Any

import pytest

from models.errors import ConfigurationError
from training.augmentation.settings import AugmentationSettings


@pytest.mark.parametrize("weight", [-0.1, 1.1])
def test_a_centroid_weight_is_a_share(weight: float) -> None:
    with pytest.raises(ConfigurationError, match="centroid_weight must be from 0 to 1"):
        AugmentationSettings(centroid_weight=weight)


def test_what_changes_nothing_is_refused() -> None:
    with pytest.raises(ConfigurationError, match="changes nothing"):
        AugmentationSettings(memory=None)


@pytest.mark.parametrize(
    ("fields", "name"),
    [
        ({}, "memory vote 0.3"),
        ({"centroid_weight": 0.2, "memory": None}, "centroids 0.2"),
        ({"centroid_weight": 0.2}, "centroids 0.2, memory vote 0.3"),
    ],
    ids=["memory", "centroids", "both"],
)
def test_tables_name_what_is_added(fields: dict[str, Any], name: str) -> None:
    assert AugmentationSettings(**fields).name == name
