from __future__ import annotations

from itertools import pairwise
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binom

from service.audit.sampling import Drawn, Sampling
from service.database.tables import Decision, Stream

AUTOMATIC = (Decision.AUTO_ACCEPT, Decision.NO_MATCH)
MODEL = (*AUTOMATIC, Decision.MANUAL_REVIEW)
CHANCE = 1e-4  # that a true share falls outside of the limits of a test


def streams(drawn: tuple[Drawn, ...]) -> set[Stream]:
    return {one.stream for one in drawn}


@pytest.mark.parametrize("decision", Decision)
def test_audits_are_of_answers_without_a_person_and_calibration_is_of_all_that_a_model_decides(
    decision: Decision,
) -> None:
    drawn = streams(Sampling(1.0, 1.0, Random(0).random).draw(decision))
    assert (Stream.AUDIT in drawn) is (decision in AUTOMATIC)
    assert (Stream.CALIBRATION in drawn) is (decision in MODEL)


@pytest.mark.parametrize("decision", Decision)
def test_a_share_of_nothing_draws_nothing(decision: Decision) -> None:
    assert Sampling(0.0, 0.0, lambda: 0.0).draw(decision) == ()


@given(
    share=st.floats(min_value=1e-6, max_value=1.0),
    lot=st.floats(min_value=0.0, max_value=1.0, exclude_max=True),
    decision=st.sampled_from(MODEL),
)
def test_a_decision_is_drawn_where_its_lot_is_below_the_share_which_is_stored(
    share: float, lot: float, decision: Decision
) -> None:
    drawn = Sampling(share, share, lambda: lot).draw(decision)
    assert bool(drawn) is (lot < share)
    assert all(one.inclusion_probability == share for one in drawn)


@pytest.mark.parametrize("share", [0.005, 0.02, 0.3])
def test_the_drawn_share_is_the_one_that_is_stated(share: float) -> None:
    sampling = Sampling(share, 0.0, Random(7).random)
    count = 20_000
    drawn = sum(bool(sampling.draw(Decision.AUTO_ACCEPT)) for _ in range(count))
    low, high = binom.interval(1 - CHANCE, count, share)
    assert low <= drawn <= high


def test_the_streams_have_lots_of_their_own() -> None:
    sampling = Sampling(0.3, 0.2, Random(11).random)
    count = 20_000
    both = sum(len(sampling.draw(Decision.NO_MATCH)) == 2 for _ in range(count))
    low, high = binom.interval(1 - CHANCE, count, 0.3 * 0.2)
    assert low <= both <= high


def test_one_lot_says_nothing_about_the_next() -> None:
    sampling = Sampling(0.5, 0.0, Random(13).random)
    drawn = [bool(sampling.draw(Decision.AUTO_ACCEPT)) for _ in range(20_001)]
    after_drawn = [later for earlier, later in pairwise(drawn) if earlier]
    low, high = binom.interval(1 - CHANCE, len(after_drawn), 0.5)
    assert low <= sum(after_drawn) <= high
