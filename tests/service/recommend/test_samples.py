"""What is stored of the decisions that were drawn."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from random import Random

import pytest
from scipy.stats import binom
from sqlalchemy import Engine

from service.database.tables import (
    Answer,
    Decision,
    DecisionRow,
    EventRow,
    LabelSampleRow,
    ReviewTaskRow,
    Stream,
    TaskKind,
)
from service.metrics import create_metrics
from service.recommend.decided import Outcome
from service.recommend.jobs import Job
from tests.service.conftest import FakeClock
from tests.service.recommend.decisions import answer_task, decide, decision_service, rows
from tests.service.recommend.jobs import CERTAIN, UNCERTAIN, matched_job, served
from tests.small_bundle import TITLES, small_promise

NO_MATCH = small_promise(target=0.95, threshold=0.999)  # any score but that of an equal text


def hopeless_job(*texts: str) -> Job:
    """Queries that are all too unlike for a product, as far as is promised."""
    promise = small_promise(threshold=1.0)
    bundle = served(promise).bundle
    manifest = bundle.manifest.model_copy(update={"no_match": NO_MATCH})
    job = matched_job(*texts, promise=promise)
    job.served = replace(job.served, bundle=replace(bundle, manifest=manifest))
    return job


def test_an_audit_is_a_sample_of_its_decision_and_a_task_for_its_query(
    engine: Engine, clock: FakeClock
) -> None:
    job = matched_job(CERTAIN)
    decide(decision_service(engine, clock, audit_share=1.0), job)
    [sample] = rows(engine, LabelSampleRow)
    [task] = rows(engine, ReviewTaskRow)
    [decision] = rows(engine, DecisionRow)
    assert (sample.stream, sample.inclusion_probability) == (Stream.AUDIT, 1.0)
    assert (sample.decision_id, sample.task_id) == (decision.id, task.id)
    assert (sample.decision, sample.product_id) == (Decision.AUTO_ACCEPT, "p0")
    assert (sample.deciding, sample.threshold, sample.group_name) == (1.0, 0.9, None)
    assert (sample.bundle_id, sample.created_at) == (decision.bundle_id, clock.now)
    assert (task.kind, task.text, task.attributes) == (TaskKind.AUDIT, CERTAIN, {"brand": "x"})
    candidates = [candidate.product_id for candidate in job.matches[0].candidates]
    assert [one["product_id"] for one in task.candidates] == candidates
    assert [event.kind for event in rows(engine, EventRow)] == ["created"]


def test_nobody_who_asks_is_told_of_an_audit(engine: Engine, clock: FakeClock) -> None:
    [[drawn]] = decide(decision_service(engine, clock, audit_share=1.0), matched_job(CERTAIN))
    [[left]] = decide(decision_service(engine, clock, audit_share=0.0), matched_job(TITLES[1]))
    assert drawn.decision is left.decision is Decision.AUTO_ACCEPT
    assert drawn.review_task_id is left.review_task_id is None
    assert {row.review_task_id for row in rows(engine, DecisionRow)} == {None}


def test_what_is_left_to_a_person_is_no_audit(engine: Engine, clock: FakeClock) -> None:
    decide(decision_service(engine, clock, audit_share=1.0), matched_job(UNCERTAIN))
    assert rows(engine, LabelSampleRow) == []
    [task] = rows(engine, ReviewTaskRow)
    assert task.kind is TaskKind.REVIEW


def test_the_answer_no_match_is_audited_too(engine: Engine, clock: FakeClock) -> None:
    decisions = decision_service(engine, clock, audit_share=1.0)
    [[decided]] = decide(decisions, hopeless_job(UNCERTAIN))
    assert decided.decision is Decision.NO_MATCH
    assert (decided.auto_accepted, len(decided.manual_review)) == ((), 3)
    [sample] = rows(engine, LabelSampleRow)
    assert (sample.stream, sample.decision) == (Stream.AUDIT, Decision.NO_MATCH)
    assert sample.threshold == NO_MATCH.threshold
    [row] = rows(engine, DecisionRow)
    assert (row.decision, row.threshold) == (Decision.NO_MATCH, NO_MATCH.threshold)
    assert (row.review_task_id, row.product_id) == (None, sample.product_id)


def test_without_the_answer_no_match_its_queries_wait_for_a_person(
    engine: Engine, clock: FakeClock
) -> None:
    decisions = decision_service(engine, clock, answer_no_match=False)
    [[decided]] = decide(decisions, hopeless_job(UNCERTAIN))
    assert decided.decision is Decision.MANUAL_REVIEW


def test_calibration_draws_from_everything_and_a_waiting_query_keeps_its_task(
    engine: Engine, clock: FakeClock
) -> None:
    decisions = decision_service(engine, clock, calibration_share=1.0)
    [[certain, uncertain]] = decide(decisions, matched_job(CERTAIN, UNCERTAIN))
    samples = {sample.decision: sample for sample in rows(engine, LabelSampleRow)}
    tasks = {task.text: task for task in rows(engine, ReviewTaskRow)}
    assert {sample.stream for sample in samples.values()} == {Stream.CALIBRATION}
    assert samples[Decision.MANUAL_REVIEW].task_id == uncertain.review_task_id
    assert (tasks[UNCERTAIN].id, tasks[UNCERTAIN].kind) == (
        uncertain.review_task_id,
        TaskKind.REVIEW,
    )
    assert samples[Decision.AUTO_ACCEPT].task_id == tasks[CERTAIN].id
    assert (tasks[CERTAIN].kind, certain.review_task_id) == (TaskKind.AUDIT, None)


def test_a_decision_may_be_drawn_for_both(engine: Engine, clock: FakeClock) -> None:
    both = decision_service(engine, clock, audit_share=1.0, calibration_share=1.0)
    decide(both, matched_job(CERTAIN))
    samples = rows(engine, LabelSampleRow)
    assert {sample.stream for sample in samples} == set(Stream)
    assert len({(sample.decision_id, sample.task_id) for sample in samples}) == 1


def test_a_query_asked_again_has_a_sample_for_each_time_and_one_task(
    engine: Engine, clock: FakeClock
) -> None:
    decisions = decision_service(engine, clock, audit_share=1.0)
    decide(decisions, matched_job(CERTAIN, CERTAIN.upper()))
    decide(decisions, matched_job(CERTAIN))
    assert len({sample.decision_id for sample in rows(engine, LabelSampleRow)}) == 3
    [task] = rows(engine, ReviewTaskRow)
    assert {sample.task_id for sample in rows(engine, LabelSampleRow)} == {task.id}


def test_each_time_a_query_is_asked_it_has_a_lot_of_its_own(
    engine: Engine, clock: FakeClock
) -> None:
    lots = iter([0.7, 0.1, 0.9, 0.2]).__next__
    decisions = decision_service(engine, clock, audit_share=0.5, lot=_every_second(lots))
    decided = [decide(decisions, matched_job(CERTAIN))[0][0] for _ in range(4)]
    drawn = {sample.decision_id for sample in rows(engine, LabelSampleRow)}
    assert [one.decision_id in drawn for one in decided] == [False, True, False, True]


def test_an_audit_of_a_query_that_waits_already_joins_its_task(
    engine: Engine, clock: FakeClock
) -> None:
    strict = small_promise(threshold=None)
    decisions = decision_service(engine, clock, audit_share=1.0)
    [[waiting]] = decide(decisions, matched_job(CERTAIN, promise=strict))
    decide(decisions, matched_job(CERTAIN))
    [sample] = rows(engine, LabelSampleRow)
    assert sample.task_id == waiting.review_task_id
    [task] = rows(engine, ReviewTaskRow)
    assert (task.kind, task.times_asked) == (TaskKind.REVIEW, 2)


def test_a_query_that_comes_to_wait_joins_the_task_of_its_audit(
    engine: Engine, clock: FakeClock
) -> None:
    decisions = decision_service(engine, clock, audit_share=1.0)
    decide(decisions, matched_job(CERTAIN))
    [[waiting]] = decide(decisions, matched_job(CERTAIN, promise=small_promise(threshold=None)))
    [task] = rows(engine, ReviewTaskRow)
    assert waiting.review_task_id == task.id


def test_a_query_that_waits_and_is_drawn_in_one_batch_has_one_task_that_waits(
    engine: Engine, clock: FakeClock
) -> None:
    decisions = decision_service(engine, clock, audit_share=1.0)
    stopped = matched_job(CERTAIN, promise=small_promise(threshold=None))
    other = replace(stopped.served.bundle, bundle_id="other")
    stopped.served = replace(stopped.served, bundle=other)
    [[_], [waiting]] = decide(decisions, matched_job(CERTAIN), stopped)
    [task] = rows(engine, ReviewTaskRow)
    assert (task.id, task.kind) == (waiting.review_task_id, TaskKind.REVIEW)
    assert [sample.task_id for sample in rows(engine, LabelSampleRow)] == [task.id]


def test_what_a_person_has_answered_is_drawn_no_more(engine: Engine, clock: FakeClock) -> None:
    decisions = decision_service(engine, clock, audit_share=1.0, calibration_share=1.0)
    decide(decisions, matched_job(CERTAIN))
    answer_task(engine, clock, Answer.ACCEPTED, ("p5",))
    [[decided]] = decide(decisions, matched_job(CERTAIN))
    assert decided.decision is Decision.VERIFIED
    assert [product.product_id for product in decided.auto_accepted] == ["p5"]
    assert len(rows(engine, LabelSampleRow)) == 2  # those of the first time


def test_after_an_unsure_person_a_new_sample_has_the_same_task(
    engine: Engine, clock: FakeClock
) -> None:
    decisions = decision_service(engine, clock, audit_share=1.0)
    decide(decisions, matched_job(CERTAIN))
    answer_task(engine, clock, Answer.UNSURE)
    decide(decisions, matched_job(CERTAIN))
    assert len(rows(engine, LabelSampleRow)) == 2
    assert len({sample.task_id for sample in rows(engine, LabelSampleRow)}) == 1


@pytest.mark.parametrize("share", [0.1, 0.4])
def test_the_share_of_audits_among_stored_answers_is_the_one_that_is_set(
    engine: Engine, clock: FakeClock, share: float
) -> None:
    decisions = decision_service(engine, clock, audit_share=share, lot=Random(3).random)
    decide(decisions, *(matched_job(*TITLES) for _ in range(100)))
    count = len(rows(engine, DecisionRow))
    samples = rows(engine, LabelSampleRow)
    low, high = binom.interval(0.9999, count, share)
    assert low <= len(samples) <= high
    assert {sample.inclusion_probability for sample in samples} == {share}


def test_scores_have_no_say_in_the_draw(engine: Engine, clock: FakeClock) -> None:
    """With the same lots, other scores: the same places are drawn."""

    def drawn_places(*texts: str) -> list[bool]:
        decisions = decision_service(engine, clock, audit_share=0.3, lot=Random(5).random)
        before = {sample.decision_id for sample in rows(engine, LabelSampleRow)}
        [decided] = decide(decisions, matched_job(*texts, promise=small_promise(threshold=0.1)))
        after = {sample.decision_id for sample in rows(engine, LabelSampleRow)} - before
        return [one.decision_id in after for one in decided]

    high = drawn_places(*(TITLES[0] for _ in range(40)))
    low = drawn_places(*(f"apple {number}" for number in range(40)))
    assert high == low
    assert 0 < sum(high) < 40


def test_samples_are_counted_by_stream_once_they_are_committed(
    engine: Engine, clock: FakeClock
) -> None:
    metrics = create_metrics()
    decisions = decision_service(engine, clock, metrics, audit_share=1.0, calibration_share=1.0)
    decide(decisions, matched_job(CERTAIN, UNCERTAIN))
    decide(decisions, hopeless_job("kettle"))
    counted = {
        stream: metrics.registry.get_sample_value(
            "alc_label_samples_total", {"stream": stream.value}
        )
        for stream in Stream
    }
    assert counted == {Stream.AUDIT: 2, Stream.CALIBRATION: 3}
    assert metrics.automation_coverage.ratio() == pytest.approx(2 / 3)


def test_without_a_database_nothing_is_drawn(
    stoppable_database: tuple[Engine, Callable[[], None]], clock: FakeClock
) -> None:
    engine, stop = stoppable_database
    metrics = create_metrics()
    decisions = decision_service(engine, clock, metrics, audit_share=1.0)
    decisions.promises.prepare(engine, served())
    decisions.ruled_texts.prepare(engine)
    stop()
    [outcome] = decisions.decide([matched_job(CERTAIN)])
    assert isinstance(outcome, Outcome)
    drawn = metrics.registry.get_sample_value("alc_label_samples_total", {"stream": "audit"})
    assert drawn == 0


def _every_second(lots: Callable[[], float]) -> Callable[[], float]:
    """Give these lots to audits: calibration, of which nothing is drawn here, has one each too."""
    turn = iter(range(1_000_000))
    return lambda: lots() if next(turn) % 2 == 0 else 0.0
