from __future__ import annotations

from dataclasses import replace

import pytest

from models.thresholds import Promise
from service.database.tables import Decision
from service.promise.certified import Certified
from service.promise.effective import Effective, Part
from service.recommend.decided import Judgement
from service.recommend.jobs import Match
from service.recommend.judging import judge, judge_jobs
from service.review.tasks import Candidate
from tests.service.recommend.jobs import CERTAIN, UNCERTAIN, matched_job, served
from tests.small_bundle import small_promise

GROUPED = replace(
    small_promise(threshold=0.9),
    groups=(
        replace(small_promise(threshold=0.6), group="Phones"),
        replace(small_promise(threshold=None), group="Fridges"),
    ),
)
NO_MATCH = small_promise(threshold=0.2)


def in_force(promise: Promise, no_match: Promise | None = None, *tightened: Part) -> Effective:
    return Effective(promise, no_match, frozenset(tightened), Certified(promise, no_match))


def match(*deciding: float, group: str | None = None) -> Match:
    candidates = tuple(
        Candidate(f"p{row}", f"title {row}", score, row + 1) for row, score in enumerate(deciding)
    )
    return Match(candidates, deciding or (-float("inf"),), group)


def judged(one: Match, effective: Effective, *, answer_no_match: bool = True) -> Judgement:
    [found] = judge([one], effective, answer_no_match=answer_no_match)
    return found


def test_what_reaches_the_threshold_is_accepted() -> None:
    found = judged(match(0.9, 0.85), in_force(small_promise(threshold=0.9)))
    assert (found.decision, found.accepted) == (Decision.AUTO_ACCEPT, 1)
    assert (found.threshold, found.group, found.target_precision) == (0.9, None, 0.95)


@pytest.mark.parametrize("threshold", [None, 0.91])
def test_what_the_promise_does_not_cover_waits_for_a_person(threshold: float | None) -> None:
    found = judged(match(0.9, 0.85), in_force(small_promise(threshold=threshold)))
    assert (found.decision, found.accepted) == (Decision.MANUAL_REVIEW, 0)
    assert found.threshold == threshold


def test_only_the_calibrated_ranks_are_accepted_however_low_the_threshold() -> None:
    low = small_promise(threshold=0.01)
    assert judged(match(0.9, 0.9, 0.9), in_force(low)).accepted == 1
    assert judged(match(0.9, 0.9, 0.9), in_force(replace(low, products_per_query=2))).accepted == 2


def test_a_request_for_fewer_products_than_are_promised_is_judged_by_those() -> None:
    two = replace(small_promise(threshold=0.5), products_per_query=2)
    found = judge([match(0.9), match(0.9, 0.6, 0.6)], in_force(two), answer_no_match=True)
    assert [one.accepted for one in found] == [1, 2]


@pytest.mark.parametrize(
    ("group", "decision", "threshold", "named"),
    [
        ("Phones", Decision.AUTO_ACCEPT, 0.6, "Phones"),
        ("Fridges", Decision.MANUAL_REVIEW, None, "Fridges"),
        ("Cameras", Decision.MANUAL_REVIEW, 0.9, None),
        (None, Decision.MANUAL_REVIEW, 0.9, None),
    ],
)
def test_each_group_has_its_threshold_and_the_others_share_one(
    group: str | None, decision: Decision, threshold: float | None, named: str | None
) -> None:
    found = judged(match(0.7, group=group), in_force(GROUPED))
    assert (found.decision, found.threshold, found.group) == (decision, threshold, named)


def test_no_match_is_said_at_or_below_its_threshold() -> None:
    effective = in_force(small_promise(threshold=0.9), NO_MATCH)
    said = judged(match(0.2, 0.1), effective)
    assert (said.decision, said.accepted, said.threshold) == (Decision.NO_MATCH, 0, 0.2)
    assert judged(match(0.21), effective).decision is Decision.MANUAL_REVIEW
    assert judged(match(0.9), effective).decision is Decision.AUTO_ACCEPT


def test_no_match_is_not_said_where_it_is_not_promised_or_not_wanted() -> None:
    promise = small_promise(threshold=0.9)
    for effective in (in_force(promise), in_force(promise, small_promise(threshold=None))):
        assert judged(match(0.1), effective).decision is Decision.MANUAL_REVIEW
    unwanted = judged(match(0.1), in_force(promise, NO_MATCH), answer_no_match=False)
    assert (unwanted.decision, unwanted.threshold) == (Decision.MANUAL_REVIEW, 0.9)


def test_what_may_be_accepted_is_never_called_no_match() -> None:
    effective = in_force(small_promise(threshold=0.1), NO_MATCH)
    assert judged(match(0.15), effective).decision is Decision.AUTO_ACCEPT


def test_a_query_for_which_nothing_was_found_waits_for_a_person() -> None:
    effective = in_force(small_promise(threshold=0.1), NO_MATCH)
    assert judged(match(), effective).decision is Decision.MANUAL_REVIEW


def test_a_query_says_which_of_its_promises_broke() -> None:
    phones, others = (Decision.AUTO_ACCEPT, "Phones"), (Decision.AUTO_ACCEPT, None)
    nothing = (Decision.NO_MATCH, None)
    effective = in_force(GROUPED, NO_MATCH, phones, nothing)
    assert judged(match(0.7, group="Phones"), effective).tightened == (phones,)
    assert judged(match(0.5, group="Phones"), effective).tightened == (phones, nothing)
    assert judged(match(0.95), effective).tightened == ()
    assert judged(match(0.95), in_force(GROUPED, None, others)).tightened == (others,)


def test_every_query_of_every_job_is_judged_by_its_own_bundle() -> None:
    strict = served(small_promise(threshold=0.999999))
    other = replace(strict, bundle=replace(strict.bundle, bundle_id="other"))
    first, second = matched_job(UNCERTAIN, CERTAIN), matched_job(CERTAIN)
    second.served = other
    effective = {
        first.served.bundle.bundle_id: in_force(small_promise(threshold=0.9)),
        "other": in_force(small_promise(threshold=None)),
    }
    found = judge_jobs([second, first], effective, answer_no_match=True)
    assert [[one.decision for one in of_job] for of_job in found] == [
        [Decision.MANUAL_REVIEW],
        [Decision.MANUAL_REVIEW, Decision.AUTO_ACCEPT],
    ]
