"""A promise that audits broke is obeyed by the next batch, and while the database is away."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace

import pytest
from sqlalchemy import Engine, text

from models.thresholds import Promise
from service.bundles.holder import ServedBundle
from service.database.engine import transaction
from service.database.tables import Answer, Decision, DecisionRow
from service.errors import DatabaseUnavailable
from service.promise.certified import Certified
from service.recommend.decided import Outcome
from service.recommend.jobs import Job
from service.recommend.service import DecisionService
from tests.service.conftest import FakeClock
from tests.service.promise.promises import (
    FRIDGES,
    PHONES,
    add_override,
    add_proposal,
    bundle_of,
    promise_of,
)
from tests.service.recommend.decisions import answer_task, decision_service, outcomes, rows
from tests.service.recommend.jobs import CERTAIN, matched_job
from tests.small_bundle import TITLES, small_promise

PROMISE = promise_of(0.95, 0.8, phones=0.7, fridges=0.75)
GROUPS = {CERTAIN: PHONES, TITLES[3]: FRIDGES, TITLES[4]: None}
NO_MATCH = small_promise(threshold=0.05)


def job_of(*texts: str, no_match: Promise | None = None) -> Job:
    """A job of the grouped promise; its queries have the groups above."""
    job = matched_job(*texts)
    job.served = ServedBundle(bundle_of(PROMISE, no_match=no_match), PROMISE, loaded_at=0.0)
    job.matches = {
        place: replace(match, group=GROUPS[job.queries[place].text])
        for place, match in job.matches.items()
    }
    return job


@pytest.fixture
def decisions(engine: Engine, clock: FakeClock) -> DecisionService:
    return decision_service(engine, clock)


def decided(outcome: Outcome) -> Mapping[str | None, tuple[Decision, float | None]]:
    return {one.judgement.group: (one.decision, one.judgement.threshold) for one in outcome.decided}


def test_every_query_is_held_to_the_threshold_of_its_group(decisions: DecisionService) -> None:
    [outcome] = outcomes(decisions, job_of(*GROUPS))
    assert decided(outcome) == {
        PHONES: (Decision.AUTO_ACCEPT, 0.7),
        FRIDGES: (Decision.AUTO_ACCEPT, 0.75),
        None: (Decision.AUTO_ACCEPT, 0.8),
    }
    assert outcome.degraded is None
    assert outcome.promise == PROMISE


def test_a_broken_promise_is_obeyed_by_the_next_batch(
    decisions: DecisionService, engine: Engine, clock: FakeClock
) -> None:
    outcomes(decisions, job_of(*GROUPS))
    add_override(engine, clock, PHONES, None)
    [outcome] = outcomes(decisions, job_of(*GROUPS))
    assert decided(outcome) == {
        PHONES: (Decision.MANUAL_REVIEW, None),
        FRIDGES: (Decision.AUTO_ACCEPT, 0.75),
        None: (Decision.AUTO_ACCEPT, 0.8),
    }
    assert outcome.promise.for_group(PHONES).threshold is None
    stored = {row.group_name: row for row in rows(engine, DecisionRow)[3:]}
    assert (stored[PHONES].decision, stored[PHONES].threshold) == (Decision.MANUAL_REVIEW, None)


def test_the_answer_says_which_promise_broke(
    decisions: DecisionService, engine: Engine, clock: FakeClock
) -> None:
    add_override(engine, clock, PHONES, 0.99)
    add_override(engine, clock, "", None)
    [phones, all_of_them, fridges] = outcomes(
        decisions, job_of(CERTAIN), job_of(*GROUPS), job_of(TITLES[3])
    )
    assert phones.degraded is not None
    assert phones.degraded.reason == "promise_broken"
    assert "'phones'" in phones.degraded.detail
    assert "without a threshold of their own" not in phones.degraded.detail
    assert all_of_them.degraded is not None
    assert "without a threshold of their own" in all_of_them.degraded.detail
    assert fridges.degraded is None


def test_a_stricter_threshold_still_answers_what_reaches_it(
    decisions: DecisionService, engine: Engine, clock: FakeClock
) -> None:
    add_override(engine, clock, PHONES, 0.99)
    [outcome] = outcomes(decisions, job_of(CERTAIN))
    assert decided(outcome) == {PHONES: (Decision.AUTO_ACCEPT, 0.99)}


def test_what_was_lifted_is_promised_again(
    decisions: DecisionService, engine: Engine, clock: FakeClock
) -> None:
    add_override(engine, clock, PHONES, None)
    outcomes(decisions, job_of(CERTAIN))
    with transaction(engine) as connection:
        connection.execute(
            text(
                "update promise_overrides set lifted_at = now(), lifted_by = 'ann',"
                " lift_reason = 'relabelled'"
            )
        )
    [outcome] = outcomes(decisions, job_of(CERTAIN))
    assert decided(outcome) == {PHONES: (Decision.AUTO_ACCEPT, 0.7)}
    assert outcome.degraded is None


def test_thresholds_that_were_activated_apply_to_the_next_batch(
    decisions: DecisionService, engine: Engine, clock: FakeClock
) -> None:
    outcomes(decisions, job_of(CERTAIN))
    add_proposal(engine, clock, Certified(promise_of(0.95, 0.8, phones=0.5)))
    [outcome] = outcomes(decisions, job_of(CERTAIN))
    assert decided(outcome) == {PHONES: (Decision.AUTO_ACCEPT, 0.5)}


def test_no_match_that_broke_is_said_no_more(
    decisions: DecisionService, engine: Engine, clock: FakeClock
) -> None:
    hopeless = job_of(CERTAIN, no_match=NO_MATCH)
    hopeless.matches[0] = replace(hopeless.matches[0], deciding=(0.01,))
    [before] = outcomes(decisions, hopeless)
    assert decided(before) == {None: (Decision.NO_MATCH, 0.05)}
    assert before.no_match == NO_MATCH
    add_override(engine, clock, "", None, decision=Decision.NO_MATCH)
    [after] = outcomes(decisions, hopeless)
    assert decided(after) == {PHONES: (Decision.MANUAL_REVIEW, 0.7)}
    assert after.degraded is not None
    assert "no product is right" in after.degraded.detail


def test_a_person_s_verdict_is_not_degraded_by_a_promise(
    decisions: DecisionService, engine: Engine, clock: FakeClock
) -> None:
    add_override(engine, clock, PHONES, None)
    outcomes(decisions, job_of(CERTAIN))
    answer_task(engine, clock, Answer.ACCEPTED, ("p0",))
    [outcome] = outcomes(decisions, job_of(CERTAIN))
    assert outcome.decided[0].decision is Decision.VERIFIED
    assert outcome.degraded is None


def test_while_the_database_is_away_what_was_read_last_holds(
    stoppable_database: tuple[Engine, Callable[[], None]], clock: FakeClock
) -> None:
    engine, stop = stoppable_database
    decisions = decision_service(engine, clock)
    add_override(engine, clock, PHONES, None)
    add_override(engine, clock, FRIDGES, 0.99)
    outcomes(decisions, job_of(CERTAIN))
    stop()
    phones, fridges, others = decisions.decide(
        [job_of(CERTAIN), job_of(TITLES[3]), job_of(TITLES[4])]
    )
    assert isinstance(phones, DatabaseUnavailable)
    assert isinstance(fridges, Outcome)
    assert decided(fridges) == {FRIDGES: (Decision.AUTO_ACCEPT, 0.99)}
    assert fridges.degraded is not None
    assert fridges.degraded.reason == "decisions_not_recorded"
    assert "'fridges'" in fridges.degraded.detail
    assert isinstance(others, Outcome)
    assert others.degraded is not None
    assert "fridges" not in others.degraded.detail
