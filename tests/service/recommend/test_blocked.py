"""What people have said no to is not answered without them, whoever asks."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest
from sqlalchemy import Engine

from service.database.tables import (
    Answer,
    Decision,
    DecisionRow,
    LabelSampleRow,
    PairRulingRow,
    ReviewTaskRow,
    Ruling,
)
from service.errors import DatabaseUnavailable
from service.metrics import Metrics, create_metrics
from service.recommend.decided import Outcome
from service.recommend.service import DecisionService
from service.rulings.service import RulingBook
from tests.service.conftest import FakeClock
from tests.service.recommend.decisions import (
    answer_task,
    decide,
    decision_service,
    outcomes,
    rows,
)
from tests.service.recommend.jobs import CERTAIN, UNCERTAIN, matched_job, served
from tests.small_bundle import TITLES, small_promise

NOTHING = small_promise(threshold=None)  # every query waits for a person


@pytest.fixture
def metrics() -> Metrics:
    return create_metrics()


@pytest.fixture
def decisions(engine: Engine, clock: FakeClock, metrics: Metrics) -> DecisionService:
    return decision_service(engine, clock, metrics, audit_share=1.0)


@pytest.fixture
def book(engine: Engine, clock: FakeClock) -> RulingBook:
    return RulingBook(engine, clock, lambda _: True)


def say(
    decisions: DecisionService,
    clock: FakeClock,
    answer: Answer,
    *products: str,
    text: str = CERTAIN,
    source: str = "shop",
) -> None:
    """Let a person answer this text, before it is asked again."""
    decide(decisions, matched_job(text, source=source, promise=NOTHING))
    answer_task(decisions.engine, clock, answer, products)
    clock.advance(60)


def test_a_no_to_one_source_is_a_no_to_all(
    decisions: DecisionService, engine: Engine, clock: FakeClock, metrics: Metrics
) -> None:
    say(decisions, clock, Answer.NONE)
    [[decided, other]] = decide(decisions, matched_job(CERTAIN, TITLES[1], source="other"))
    assert (decided.decision, other.decision) == (Decision.MANUAL_REVIEW, Decision.AUTO_ACCEPT)
    assert (decided.auto_accepted, len(decided.manual_review)) == ((), 3)
    assert (decided.judgement.decision, decided.judgement.threshold) == (Decision.AUTO_ACCEPT, 0.9)
    assert decided.blocked_by is not None
    task = next(one for one in rows(engine, ReviewTaskRow) if one.source == "shop")
    assert (decided.blocked_by.product_id, decided.blocked_by.task_id) == ("p0", task.id)
    row = next(one for one in rows(engine, DecisionRow) if one.id == decided.decision_id)
    assert (row.decision, row.threshold) == (Decision.MANUAL_REVIEW, 0.9)
    [ruling] = [one for one in rows(engine, PairRulingRow) if one.id == row.ruling_id]
    assert (ruling.product_id, ruling.ruling) == ("p0", Ruling.BLOCKED)
    assert metrics.registry.get_sample_value("alc_blocked_decisions_total") == 1
    assert metrics.automation_coverage.ratio() == 1 / 3


def test_what_is_blocked_is_no_answer_to_be_audited(
    decisions: DecisionService, engine: Engine, clock: FakeClock
) -> None:
    say(decisions, clock, Answer.NONE)
    decide(decisions, matched_job(CERTAIN, source="other"))
    assert rows(engine, LabelSampleRow) == []


def test_another_product_for_the_same_text_is_accepted(
    decisions: DecisionService, clock: FakeClock, book: RulingBook
) -> None:
    book.rule_by_hand(CERTAIN, "p1", Ruling.BLOCKED, "wrong size", "root")
    [[decided]] = decide(decisions, matched_job(CERTAIN))
    assert (decided.decision, decided.blocked_by) == (Decision.AUTO_ACCEPT, None)


def test_of_several_accepted_products_one_that_is_blocked_leaves_all_to_a_person(
    decisions: DecisionService, clock: FakeClock, book: RulingBook
) -> None:
    two = replace(small_promise(threshold=0.5), products_per_query=2)
    [[before]] = decide(decisions, matched_job(CERTAIN, promise=two))
    first, second = (one.product_id for one in before.auto_accepted)
    book.rule_by_hand(CERTAIN, second, Ruling.BLOCKED, "wrong size", "root")
    [[decided]] = decide(decisions, matched_job(CERTAIN, promise=two))
    assert (decided.decision, decided.auto_accepted) == (Decision.MANUAL_REVIEW, ())
    assert decided.blocked_by is not None
    assert decided.blocked_by.product_id == second != first


def test_what_waits_for_a_person_anyway_is_not_called_blocked(
    decisions: DecisionService, clock: FakeClock, book: RulingBook
) -> None:
    book.rule_by_hand(CERTAIN, "p0", Ruling.BLOCKED, "wrong size", "root")
    [[decided]] = decide(decisions, matched_job(CERTAIN, promise=NOTHING))
    assert (decided.decision, decided.blocked_by) == (Decision.MANUAL_REVIEW, None)


def test_an_allowed_pair_lifts_the_block_and_forces_nothing(
    decisions: DecisionService, clock: FakeClock, book: RulingBook
) -> None:
    say(decisions, clock, Answer.NONE)
    book.rule_by_hand(CERTAIN, "p0", Ruling.ALLOWED, "it is", "root")
    other = matched_job(CERTAIN, source="other")
    assert decide(decisions, other)[0][0].decision is Decision.AUTO_ACCEPT
    careful = matched_job(CERTAIN, source="other", promise=NOTHING)
    assert decide(decisions, careful)[0][0].decision is Decision.MANUAL_REVIEW


def test_each_source_keeps_the_answer_that_people_gave_to_it(
    decisions: DecisionService, clock: FakeClock
) -> None:
    """Otherwise two verdicts that differ would overturn each other for ever."""
    say(decisions, clock, Answer.ACCEPTED, "p0")
    say(decisions, clock, Answer.NONE, source="other")
    for source, products in (("shop", ["p0"]), ("other", [])):
        [[decided]] = decide(decisions, matched_job(CERTAIN, source=source))
        assert decided.decision is Decision.VERIFIED
        assert [one.product_id for one in decided.auto_accepted] == products


def test_a_block_by_hand_overturns_an_earlier_verdict_until_a_person_answers_again(
    decisions: DecisionService, clock: FakeClock, book: RulingBook
) -> None:
    say(decisions, clock, Answer.ACCEPTED, "p5", "p0", text=UNCERTAIN)
    made = book.rule_by_hand(UNCERTAIN, "p0", Ruling.BLOCKED, "a case", "root")
    say(decisions, clock, Answer.NONE, text=UNCERTAIN, source="other")
    [[decided]] = decide(decisions, matched_job(UNCERTAIN))
    assert (decided.decision, decided.verdict) == (Decision.MANUAL_REVIEW, None)
    assert decided.blocked_by is not None
    assert decided.blocked_by.by_hand_at == made.created_at
    answer_task(decisions.engine, clock, Answer.ACCEPTED, ("p5",))
    assert decide(decisions, matched_job(UNCERTAIN))[0][0].decision is Decision.VERIFIED


def test_without_a_database_texts_that_people_ruled_on_are_refused(
    stoppable_database: tuple[Engine, Callable[[], None]], clock: FakeClock
) -> None:
    engine, stop = stoppable_database
    decisions = decision_service(engine, clock)
    RulingBook(engine, clock, lambda _: True).rule_by_hand(
        CERTAIN, "p0", Ruling.BLOCKED, "wrong size", "root"
    )
    decisions.promises.prepare(engine, served())
    decisions.ruled_texts.prepare(engine)
    stop()
    ruled_on = [matched_job(CERTAIN, source=source) for source in ("shop", "other")]
    first, second, third = decisions.decide([*ruled_on, matched_job(TITLES[1])])
    assert isinstance(first, DatabaseUnavailable)
    assert isinstance(second, DatabaseUnavailable)
    assert isinstance(third, Outcome)
    assert third.decided[0].decision is Decision.AUTO_ACCEPT


def test_what_was_ruled_while_the_service_ran_is_known_too(
    stoppable_database: tuple[Engine, Callable[[], None]], clock: FakeClock
) -> None:
    engine, stop = stoppable_database
    elapsed = 0.0
    decisions = decision_service(engine, clock, monotonic=lambda: elapsed)
    outcomes(decisions, matched_job(CERTAIN))
    RulingBook(engine, clock, lambda _: True).rule_by_hand(
        CERTAIN, "p0", Ruling.BLOCKED, "wrong size", "root"
    )
    elapsed = 2.0
    outcomes(decisions, matched_job(TITLES[1]))
    stop()
    known, other = decisions.decide([matched_job(CERTAIN), matched_job(TITLES[1])])
    assert isinstance(known, DatabaseUnavailable)
    assert isinstance(other, Outcome)


def test_without_a_database_nothing_is_answered_while_rulings_were_never_read(
    stoppable_database: tuple[Engine, Callable[[], None]], clock: FakeClock
) -> None:
    engine, stop = stoppable_database
    decisions = decision_service(engine, clock)
    decisions.promises.prepare(engine, served())
    stop()
    [outcome] = decisions.decide([matched_job(CERTAIN)])
    assert isinstance(outcome, DatabaseUnavailable)
