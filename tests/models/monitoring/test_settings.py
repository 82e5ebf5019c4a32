from __future__ import annotations

import math

import pytest

from models.errors import ConfigurationError
from models.monitoring.settings import WatchSettings

OUTSIDE = (0.0, 1.0, -0.1, 95.0, math.nan, math.inf)


@pytest.mark.parametrize("name", ["target_precision", "false_alarm", "confidence"])
@pytest.mark.parametrize("value", OUTSIDE)
def test_what_is_not_between_0_and_1_is_refused_by_name(name: str, value: float) -> None:
    fields = {"target_precision": 0.95, name: value}
    with pytest.raises(ConfigurationError, match=f"{name} must be between 0 and 1, not {value}"):
        WatchSettings(**fields)


def test_the_promise_allows_the_other_share_of_errors() -> None:
    assert WatchSettings(0.95).error_rate == pytest.approx(0.05)
