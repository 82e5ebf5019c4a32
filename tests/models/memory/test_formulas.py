from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.errors import ConfigurationError
from models.memory.formulas import log_sums, own_part, votes
from models.memory.settings import Formula, MemorySettings

# exp(c / t) are then 2 and 1 for these cosines, and 4 for a product of twice the first.
T = 0.5 / math.log(2)
TWO, ONE, FOUR = 0.5, 0.0, 1.0
NEAR = np.array([[TWO, ONE]], dtype=np.float32)
OWN = np.array([[FOUR, ONE, ONE]], dtype=np.float32)
SETTINGS = MemorySettings(weight=0.25, neighbours=2, temperature=T)
JOINT = replace(SETTINGS, formula="joint")


def test_vote_by_hand() -> None:
    """Shares 2/3 and 1/3 of the softmax, times cosines 0.5 and 0, times 0.25."""
    sums = log_sums(SETTINGS, OWN, NEAR)

    assert sums == pytest.approx([math.log(3)])
    assert votes(SETTINGS, NEAR, sums) == pytest.approx(np.array([[0.25 * 2 / 3 * 0.5, 0.0]]))
    assert own_part(SETTINGS, np.array([0.8]), sums) == pytest.approx([0.75 * 0.8])


def test_joint_by_hand() -> None:
    """Over the two nearest products, 4 and 1, and the two queries, 2 and 1: the sum is 8."""
    sums = log_sums(JOINT, OWN, NEAR)

    assert sums == pytest.approx([math.log(8)])
    assert votes(JOINT, NEAR, sums) == pytest.approx(np.array([[0.25 * 2 / 8, 0.25 * 1 / 8]]))
    assert own_part(JOINT, np.array([FOUR]), sums) == pytest.approx([0.75 * 4 / 8])


@pytest.mark.parametrize("settings", [SETTINGS, JOINT], ids=["vote", "joint"])
def test_neighbours_that_do_not_exist_add_nothing(settings: MemorySettings) -> None:
    padded = np.append(NEAR, np.float32(-np.inf))[np.newaxis]

    sums = log_sums(settings, OWN, padded)

    assert sums == pytest.approx(log_sums(settings, OWN, NEAR))
    assert votes(settings, padded, sums)[0, -1] == 0


@given(
    st.sampled_from(["vote", "joint"]),
    st.floats(0.01, 1),
    st.floats(0.01, 1),
    st.lists(st.floats(-1, 1, width=32), min_size=1, max_size=5),
    st.lists(st.floats(-1, 1, width=32), min_size=1, max_size=5),
)
def test_scores_stay_within_those_of_cosines_and_rise_with_the_products_own(
    formula: Formula, weight: float, temperature: float, own: list[float], near: list[float]
) -> None:
    settings = MemorySettings(formula, weight, len(own), temperature)
    cosines = np.sort(np.array([own], dtype=np.float32))[:, ::-1]
    queries = np.array([near], dtype=np.float32)
    sums = log_sums(settings, cosines, queries)
    all_votes = votes(settings, queries, sums).sum()

    scores = own_part(settings, cosines[0].astype(np.float64), sums) + all_votes

    assert np.all(np.abs(scores) <= 1 + 1e-9)
    assert np.all(np.diff(scores) <= 0)


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"formula": "mean"}, "formula must be one of vote, joint, got 'mean'"),
        ({"weight": 0.0}, "weight must be above 0"),
        ({"weight": 1.1}, "weight must be above 0 and at most 1"),
        ({"neighbours": 0}, "neighbours must be at least 1"),
        ({"temperature": 0.0}, "temperature must be above 0"),
    ],
    ids=["formula", "no weight", "weight", "neighbours", "temperature"],
)
def test_settings_that_cannot_be_used_are_refused(fields: dict[str, object], message: str) -> None:
    with pytest.raises(ConfigurationError, match=message):
        MemorySettings(**fields)  # type: ignore[arg-type]
