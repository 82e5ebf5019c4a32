from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from mapie.risk_control.methods import compute_hoeffding_bentkus_p_value

from models.calibration.binomial import p_value
from models.calibration.bounded import bounded_p_values


def bounded(parts: int, whole: int, accepted: int, precision: float) -> float:
    (found,) = bounded_p_values(np.array([parts]), whole, np.array([accepted]), precision)
    return float(found)


@given(st.integers(0, 50), st.integers(0, 500), st.floats(0.5, 0.99))
def test_losses_of_0_and_1_have_exactly_the_binomial_p_value(
    errors: int, more: int, precision: float
) -> None:
    assert bounded(errors, 1, errors + more, precision) == p_value(errors, errors + more, precision)


def test_without_any_loss_hoeffding_is_the_binomial_p_value() -> None:
    """e P(Bin = 0) is larger than exp(-n KL(0, alpha)) = (1 - alpha)^n."""
    assert bounded(0, 2, 45, 0.95) == pytest.approx(0.95**45)


def test_bentkus_by_hand() -> None:
    """Two and a half of three, at alpha 1/2: e P(Bin(3, 1/2) <= 3) > 1; and at none it is 1 / 8."""
    assert bounded(5, 2, 3, 0.5) == 1.0
    assert bounded(0, 2, 3, 0.5) == pytest.approx(1 / 8)


def test_hoeffding_by_hand() -> None:
    """Losses of 1/2 in 10 at alpha 1/2: KL(0.05, 0.5)."""
    divergence = 0.05 * math.log(0.1) + 0.95 * math.log(1.9)
    hoeffding, bentkus = math.exp(-10 * divergence), math.e * 11 / 2**10
    assert bounded(1, 2, 10, 0.5) == pytest.approx(min(hoeffding, bentkus))


def test_nothing_accepted_proves_nothing() -> None:
    assert bounded(0, 6, 0, 0.9) == 1.0


@given(st.integers(20, 400), st.floats(0, 0.3), st.sampled_from([0.8, 0.9, 0.95]))
def test_it_is_the_p_value_of_mapie(accepted: int, mean: float, precision: float) -> None:
    """Where MAPIE's rounding of n times the mean is exact."""
    parts = round(mean * accepted * 6)
    theirs = compute_hoeffding_bentkus_p_value(
        np.array([parts / 6 / accepted]), accepted, 1 - precision
    )
    rounded = np.ceil(parts / 6 / accepted * accepted)
    if rounded == -(-parts // 6):
        assert bounded(parts, 6, accepted, precision) == pytest.approx(
            min(1.0, float(theirs.ravel()[0])), rel=1e-6
        )
