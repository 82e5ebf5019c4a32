from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.errors import BundleError
from service.promise.certified import Certified, certified_by
from tests.service.promise.promises import ORDINARY, STRICTER, bundle_of, promise_of
from tests.small_bundle import small_promise

heights = st.one_of(st.none(), st.floats(0, 1))


@given(other=heights, group=heights, low=heights)
def test_a_certified_promise_survives_json_exactly(
    other: float | None, group: float | None, low: float | None
) -> None:
    certified = Certified(promise_of(0.95, other, phones=group), small_promise(0.95, low))
    assert Certified.from_json(json.loads(json.dumps(certified.to_json()))) == certified


def test_no_match_has_one_promise_whatever_the_target() -> None:
    no_match = small_promise(0.9, 0.3)
    bundle = bundle_of(ORDINARY, STRICTER, no_match=no_match)
    assert certified_by(bundle, ORDINARY.target_precision) == Certified(ORDINARY, no_match)
    assert certified_by(bundle, STRICTER.target_precision) == Certified(STRICTER, no_match)


def test_a_bundle_certified_what_it_promises_for_the_target() -> None:
    bundle = bundle_of(ORDINARY, STRICTER)
    assert certified_by(bundle, STRICTER.target_precision) == Certified(STRICTER, None)
    with pytest.raises(BundleError, match=r"no promise for a target precision of 0\.5"):
        certified_by(bundle, 0.5)
