from __future__ import annotations

from collections.abc import Callable

import pytest
from sqlalchemy import Engine

from models.thresholds import Promise
from service.database.tables import Answer, Decision, DecisionRow, EventRow, ReviewTaskRow
from service.errors import DatabaseUnavailable
from service.metrics import Metrics, create_metrics
from service.recommend.decided import Outcome
from service.recommend.service import DecisionService
from tests.service.conftest import FakeClock
from tests.service.recommend.decisions import answer_task, decide, decision_service, rows
from tests.service.recommend.jobs import CERTAIN, UNCERTAIN, matched_job, served
from tests.small_bundle import small_promise


@pytest.fixture
def metrics() -> Metrics:
    return create_metrics()


@pytest.fixture
def decisions(engine: Engine, clock: FakeClock, metrics: Metrics) -> DecisionService:
    return decision_service(engine, clock, metrics)


def test_what_reaches_the_threshold_is_accepted_and_recorded(
    decisions: DecisionService, engine: Engine, clock: FakeClock
) -> None:
    [[decided]] = decide(decisions, matched_job(CERTAIN))
    assert decided.decision is Decision.AUTO_ACCEPT
    assert [product.product_id for product in decided.auto_accepted] == ["p0"]
    assert [product.rank for product in decided.manual_review] == [2, 3]
    assert decided.review_task_id is None
    [row] = rows(engine, DecisionRow)
    assert (row.id, row.decision) == (decided.decision_id, Decision.AUTO_ACCEPT)
    assert (row.product_id, row.score) == ("p0", 1.0)
    assert (row.target_precision, row.threshold) == (0.95, 0.9)
    assert (row.query_id, row.source, row.text) == ("q0", "shop", CERTAIN)
    assert row.created_at == clock.now
    assert rows(engine, ReviewTaskRow) == []


def test_the_rest_becomes_a_task_with_its_candidates(
    decisions: DecisionService, engine: Engine
) -> None:
    [[decided]] = decide(decisions, matched_job(UNCERTAIN))
    assert decided.decision is Decision.MANUAL_REVIEW
    assert decided.auto_accepted == ()
    assert len(decided.manual_review) == 3
    [task] = rows(engine, ReviewTaskRow)
    assert task.id == decided.review_task_id
    assert (task.text, task.attributes) == (UNCERTAIN, {"brand": "x"})
    assert [one["rank"] for one in task.candidates] == [1, 2, 3]
    [row] = rows(engine, DecisionRow)
    assert row.review_task_id == task.id
    assert [event.kind for event in rows(engine, EventRow)] == ["created"]


def test_without_a_promise_everything_is_reviewed(decisions: DecisionService) -> None:
    [[decided]] = decide(decisions, matched_job(CERTAIN, promise=small_promise(threshold=None)))
    assert decided.decision is Decision.MANUAL_REVIEW


def test_the_same_open_query_is_one_task_counted(
    decisions: DecisionService, engine: Engine
) -> None:
    twice = matched_job(UNCERTAIN, UNCERTAIN.upper())
    [[first, second], [third]] = decide(decisions, twice, matched_job(UNCERTAIN))
    [[fourth]] = decide(decisions, matched_job(UNCERTAIN))
    ids = {one.review_task_id for one in (first, second, third, fourth)}
    [task] = rows(engine, ReviewTaskRow)
    assert ids == {task.id}
    assert task.times_asked == 4
    assert len(rows(engine, DecisionRow)) == 4


def test_the_same_text_of_another_source_is_another_task(
    decisions: DecisionService, engine: Engine
) -> None:
    decide(decisions, matched_job(UNCERTAIN), matched_job(UNCERTAIN, source="other"))
    assert {task.source for task in rows(engine, ReviewTaskRow)} == {"shop", "other"}


def test_an_accepted_product_answers_the_query_from_then_on(
    decisions: DecisionService, engine: Engine, clock: FakeClock
) -> None:
    [[asked]] = decide(decisions, matched_job(UNCERTAIN))
    answer_task(engine, clock, Answer.ACCEPTED, ("p5", "p0"))
    [[decided]] = decide(decisions, matched_job(UNCERTAIN.title()))
    assert decided.decision is Decision.VERIFIED
    # p0 is among the candidates and has a score, p5 was found by a person.
    assert [(one.product_id, one.score is None) for one in decided.auto_accepted] == [
        ("p5", True),
        ("p0", False),
    ]
    assert decided.manual_review == ()
    assert decided.review_task_id is None
    assert decided.verdict is not None
    assert decided.verdict.task_id == asked.review_task_id
    newest = max(rows(engine, DecisionRow), key=lambda row: row.id)
    assert (newest.decision, newest.review_task_id) == (Decision.VERIFIED, asked.review_task_id)


def test_none_of_them_answers_with_no_product(
    decisions: DecisionService, engine: Engine, clock: FakeClock
) -> None:
    decide(decisions, matched_job(UNCERTAIN))
    answer_task(engine, clock, Answer.NONE)
    [[decided]] = decide(decisions, matched_job(UNCERTAIN))
    assert decided.decision is Decision.VERIFIED
    assert list(decided.auto_accepted) == []


def test_a_verdict_goes_before_the_model(
    decisions: DecisionService, engine: Engine, clock: FakeClock
) -> None:
    nothing = small_promise(threshold=None)
    decide(decisions, matched_job(CERTAIN, promise=nothing))
    answer_task(engine, clock, Answer.NONE)
    [[decided]] = decide(decisions, matched_job(CERTAIN))
    assert decided.decision is Decision.VERIFIED


def test_an_unsure_person_leaves_the_query_open(
    decisions: DecisionService, engine: Engine, clock: FakeClock
) -> None:
    [[first]] = decide(decisions, matched_job(UNCERTAIN))
    answer_task(engine, clock, Answer.UNSURE)
    [[second]] = decide(decisions, matched_job(UNCERTAIN))
    assert second.decision is Decision.MANUAL_REVIEW
    assert second.review_task_id == first.review_task_id


def test_a_verdict_on_a_product_that_is_gone_does_not_count(
    decisions: DecisionService, engine: Engine, clock: FakeClock
) -> None:
    decide(decisions, matched_job(UNCERTAIN))
    answer_task(engine, clock, Answer.ACCEPTED, ("p0", "sold-out"))
    [[decided]] = decide(decisions, matched_job(UNCERTAIN))
    assert decided.decision is Decision.MANUAL_REVIEW


def test_decisions_are_counted_and_verified_ones_are_not_automation(
    decisions: DecisionService, engine: Engine, clock: FakeClock, metrics: Metrics
) -> None:
    decide(decisions, matched_job(UNCERTAIN, CERTAIN))
    answer_task(engine, clock, Answer.NONE)
    decide(decisions, matched_job(UNCERTAIN))
    assert metrics.automation_coverage.ratio() == 0.5
    counted = {
        name: metrics.registry.get_sample_value("alc_decisions_total", {"decision": name})
        for name in Decision
    }
    assert counted == {"auto_accept": 1, "manual_review": 1, "verified": 1, "no_match": 0}
    assert metrics.registry.get_sample_value("alc_candidate_score_count") == 3


@pytest.mark.parametrize(
    ("promise", "answered"), [(small_promise(), True), (small_promise(threshold=None), False)]
)
def test_without_a_database_only_what_needs_no_person_is_answered(
    stoppable_database: tuple[Engine, Callable[[], None]],
    clock: FakeClock,
    promise: Promise,
    answered: bool,
) -> None:
    engine, stop = stoppable_database
    decisions = decision_service(engine, clock)
    decisions.promises.prepare(engine, served(promise))
    decisions.ruled_texts.prepare(engine)
    stop()
    [outcome] = decisions.decide([matched_job(CERTAIN, promise=promise)])
    if not answered:
        assert isinstance(outcome, DatabaseUnavailable)
        return
    assert isinstance(outcome, Outcome)
    assert outcome.degraded is not None
    assert outcome.degraded.reason == "decisions_not_recorded"
    assert outcome.decided[0].decision is Decision.AUTO_ACCEPT
    assert outcome.decided[0].decision_id is None


def test_without_a_database_one_query_for_people_fails_its_whole_request_only(
    stoppable_database: tuple[Engine, Callable[[], None]], clock: FakeClock
) -> None:
    engine, stop = stoppable_database
    decisions = decision_service(engine, clock)
    decisions.promises.prepare(engine, served())
    decisions.ruled_texts.prepare(engine)
    stop()
    mixed, certain = decisions.decide([matched_job(CERTAIN, UNCERTAIN), matched_job(CERTAIN)])
    assert isinstance(mixed, DatabaseUnavailable)
    assert isinstance(certain, Outcome)


def test_without_a_database_nothing_is_answered_by_a_promise_that_was_never_read(
    stoppable_database: tuple[Engine, Callable[[], None]], clock: FakeClock
) -> None:
    """It may have broken before this process began."""
    engine, stop = stoppable_database
    stop()
    [outcome] = decision_service(engine, clock).decide([matched_job(CERTAIN)])
    assert isinstance(outcome, DatabaseUnavailable)
