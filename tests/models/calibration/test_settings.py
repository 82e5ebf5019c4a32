from __future__ import annotations

from typing import Any

import pytest

from models.calibration.settings import CalibrationMethodSettings, GroupSettings
from models.errors import ConfigurationError
from models.thresholds import Grouping


def test_groups_are_off_until_they_are_asked_for() -> None:
    assert CalibrationMethodSettings().grouping is None
    settings = CalibrationMethodSettings(groups=GroupSettings("shop", of="query"))
    assert settings.grouping == Grouping("shop", of="query")


@pytest.mark.parametrize(
    ("changed", "complaint"),
    [
        ({"attribute": " "}, "groups.attribute"),
        ({"of": "shop"}, "groups.of must be query or product"),
        ({"most": 0}, "groups.most must be at least 1"),
        ({"fewest_multiple": 0.5}, "groups.fewest_multiple must be at least 1"),
        ({"fewest_multiple": float("nan")}, "groups.fewest_multiple must be at least 1"),
    ],
)
def test_settings_of_groups_without_sense_are_refused(
    changed: dict[str, Any], complaint: str
) -> None:
    with pytest.raises(ConfigurationError, match=complaint):
        GroupSettings(**changed)


def test_an_unknown_method_is_refused() -> None:
    with pytest.raises(ConfigurationError, match="method must be one of fixed_sequence, holm"):
        CalibrationMethodSettings(method="guess")  # type: ignore[arg-type]
