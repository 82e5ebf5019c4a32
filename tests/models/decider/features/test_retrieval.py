from __future__ import annotations

import pytest

from tests.models.decider.catalogue import pairs, values

NAN = float("nan")
INF = float("inf")
SCORES = (0.9, 0.87, 0.5, 0.1)
EXPECTED = {
    "score": [0.9, 0.87, 0.5, 0.1],
    "lead_in_score": [0.03, -0.03, -0.4, -0.8],
    "behind_best": [0, 0.03, 0.4, 0.8],
    "rank": [0, 1, 2, 3],
    "crowding": [1, 1, 0, 0],
    "above_mean": [0.3075, 0.2775, -0.0925, -0.4925],
}


@pytest.mark.parametrize("feature", EXPECTED)
def test_values_worked_out_by_hand(feature: str) -> None:
    assert values(feature, pairs("x", scores=SCORES)) == pytest.approx(EXPECTED[feature], abs=1e-4)


WITH_ABSENT = {
    "score": [0.9, 0.5, NAN],
    "lead_in_score": [0.4, -0.4, NAN],
    "behind_best": [0, 0.4, NAN],
    "above_mean": [0.2, -0.2, NAN],
}


@pytest.mark.parametrize("feature", WITH_ABSENT)
def test_an_absent_candidate_is_no_rival(feature: str) -> None:
    found = values(feature, pairs("x", (0, 1, -1), scores=(0.9, 0.5, -INF)))
    assert found == pytest.approx(WITH_ABSENT[feature], abs=1e-4, nan_ok=True)


def test_without_any_candidate_nothing_is_known() -> None:
    nothing = pairs("x", (-1, -1), scores=(-INF, -INF))
    for feature in WITH_ABSENT:
        assert values(feature, nothing) == pytest.approx([NAN, NAN], nan_ok=True)


def test_a_candidate_alone_leads_nobody() -> None:
    assert values("lead_in_score", pairs("x", (0,))) == pytest.approx([NAN], nan_ok=True)
