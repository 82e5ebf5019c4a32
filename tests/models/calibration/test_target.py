from __future__ import annotations

import pytest

from models.calibration.target import Target
from models.errors import ConfigurationError


def test_a_target_is_an_error_rate_and_a_risk() -> None:
    target = Target(precision=0.95, confidence=0.90)
    assert target.error_rate == pytest.approx(0.05)
    assert target.risk == pytest.approx(0.10)
    assert target.zero_error_minimum == 45


@pytest.mark.parametrize("value", [0.0, 1.0, 95.0, -0.1, float("nan")])
def test_certainty_cannot_be_promised(value: float) -> None:
    with pytest.raises(ConfigurationError, match="target precision must be between 0 and 1"):
        Target(precision=value, confidence=0.9)
    with pytest.raises(ConfigurationError, match="target confidence must be between 0 and 1"):
        Target(precision=0.9, confidence=value)
