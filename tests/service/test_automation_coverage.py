from __future__ import annotations

from math import isnan

from hypothesis import given
from hypothesis import strategies as st

from service.automation_coverage import AutomationCoverage


def test_there_is_no_share_before_the_first_decision() -> None:
    assert isnan(AutomationCoverage(window=3).ratio())


@given(st.lists(st.booleans(), min_size=1, max_size=40), st.integers(1, 10))
def test_it_is_the_share_among_the_last_decisions(decisions: list[bool], window: int) -> None:
    coverage = AutomationCoverage(window)
    for accepted in decisions:
        coverage.add(automatic=accepted)
    last = decisions[-window:]
    assert coverage.ratio() == sum(last) / len(last)
