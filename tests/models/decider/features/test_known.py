"""Of product a the queries (1, 0) and (0, 1) are known, two of three; of product c (0.6, 0.8)."""

from __future__ import annotations

from math import log

import pytest

from tests.models.decider.catalogue import pairs, values

NAN = float("nan")
EXPECTED = {
    "known_query": [1, NAN, 0.6, NAN],
    "lead_in_known_query": [0.4, NAN, -0.4, NAN],
    "known_queries": [log(4), 0, log(2), 0],
    "best_known_query": [1, 1, 1, 1],
}


@pytest.mark.parametrize("feature", EXPECTED)
def test_values_worked_out_by_hand(feature: str) -> None:
    found = values(feature, pairs("x", embedding=(1, 0)))
    assert found == pytest.approx(EXPECTED[feature], abs=0.005, nan_ok=True)


def test_where_no_candidate_has_known_queries_nothing_is_known() -> None:
    assert values("best_known_query", pairs("x", (1, 3))) == pytest.approx([NAN] * 2, nan_ok=True)
    assert values("known_queries", pairs("x", (1, 3, -1))) == [0, 0, 0]
