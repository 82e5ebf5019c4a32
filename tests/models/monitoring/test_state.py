from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.errors import DataError
from models.monitoring.state import WatchState
from models.monitoring.watch import Audit, WatchSettings, estimate, new_watch, observe

SETTINGS = WatchSettings(target_precision=0.9)
AUDITS = st.builds(Audit, st.booleans(), st.floats(1e-6, 1))


def through_json(state: WatchState) -> WatchState:
    return WatchState.from_json(json.loads(json.dumps(state.to_json(), allow_nan=False)))


@given(st.lists(AUDITS, max_size=30), AUDITS)
def test_a_state_goes_on_after_json_as_if_it_had_never_left(
    seen: list[Audit], following: Audit
) -> None:
    state = new_watch(SETTINGS)
    for audit in seen:
        state = observe(state, audit, SETTINGS)
    read = through_json(state)
    assert read == state
    assert estimate(read, SETTINGS) == estimate(state, SETTINGS)
    assert observe(read, following, SETTINGS) == observe(state, following, SETTINGS)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("audits", -1),
        ("errors", "some"),
        ("represented", float("inf")),
        ("least_inclusion", 0),
        ("least_inclusion", float("nan")),
        ("log_wealth", [float("-inf")] * 8),
        ("log_wealth", [0.0]),
        ("highest_log_evidence", None),
        ("tally", [[0, 1]]),
    ],
)
def test_a_field_that_cannot_be_is_named(field: str, value: Any) -> None:
    with pytest.raises(DataError, match=f"(?s)the state of a watch .*{field}"):
        WatchState.from_json(new_watch(SETTINGS).to_json() | {field: value})


def test_a_missing_and_an_unknown_field_are_named() -> None:
    fields = new_watch(SETTINGS).to_json()
    with pytest.raises(DataError, match="colour"):
        WatchState.from_json(fields | {"colour": "red"})
    del fields["tally"]
    with pytest.raises(DataError, match="tally"):
        WatchState.from_json(fields)
