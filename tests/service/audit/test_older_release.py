"""Queues and decisions of a release that drew no audits go on as they were."""

from __future__ import annotations

from sqlalchemy import Engine, text

from service.database.engine import transaction
from service.database.migrate import migrate
from service.database.tables import Decision, DecisionRow, LabelSampleRow, ReviewTaskRow, TaskKind
from service.recommend.keys import query_key
from tests.service.conftest import FakeClock
from tests.service.recommend.decisions import decide, decision_service, rows
from tests.service.recommend.jobs import CERTAIN, matched_job
from tests.service.review.queues import queue_of
from tests.small_bundle import TITLES

WAITING, ANSWERED = CERTAIN, TITLES[1]
TASK = """
insert into review_tasks (id, kind, state, source, query_key, text, attributes, candidates,
  bundle_id, times_asked, times_skipped, created_at, last_asked_at, answered_at)
values (gen_random_uuid(), 'review', :state, 'shop', :key, :text, '{}',
  '[{"product_id": "p0", "title": "Apple", "score": 0.7, "rank": 1}]', 'old-bundle', 2, 0,
  '2025-12-31', '2025-12-31', :answered_at)
returning id
"""
VERDICT = """
insert into verdicts (id, task_id, answer, product_ids, comment, person, created_at)
values (gen_random_uuid(), :task_id, 'accepted', '{p5}', null, 'ann', '2025-12-31')
"""
DECISION = """
insert into decisions (id, decision, source, query_key, text, bundle_id, product_id, score,
  probability, target_precision, threshold, created_at)
values (gen_random_uuid(), 'auto_accept', 'shop', :key, 'iphone', 'old-bundle', 'p0', 0.97, 0.99,
  0.95, 0.9, '2025-12-31')
"""


def older_release(engine: Engine) -> None:
    """Leave a waiting query, an answered one and a decision, as release 0002 wrote them."""
    migrate(engine, "0002")
    with transaction(engine) as connection:
        for query, state, answered_at in (
            (WAITING, "open", None),
            (ANSWERED, "answered", "2025-12-31"),
        ):
            given = {
                "state": state,
                "key": query_key(query, "shop"),
                "text": query,
                "answered_at": answered_at,
            }
            task_id = connection.execute(text(TASK), given).scalar_one()
            if answered_at is not None:
                connection.execute(text(VERDICT), {"task_id": task_id})
        connection.execute(text(DECISION), {"key": query_key(WAITING, "shop")})
    migrate(engine)


def test_an_audit_joins_the_task_that_waited_before_the_upgrade(
    empty_database: Engine, clock: FakeClock
) -> None:
    older_release(empty_database)
    decisions = decision_service(empty_database, clock, audit_share=1.0)
    decide(decisions, matched_job(WAITING))
    [sample] = rows(empty_database, LabelSampleRow)
    [waiting] = [task for task in rows(empty_database, ReviewTaskRow) if task.text == WAITING]
    assert sample.task_id == waiting.id
    assert (waiting.kind, waiting.times_asked) == (TaskKind.REVIEW, 3)


def test_its_verdicts_answer_and_are_not_drawn(empty_database: Engine, clock: FakeClock) -> None:
    older_release(empty_database)
    decisions = decision_service(empty_database, clock, audit_share=1.0, calibration_share=1.0)
    [[decided]] = decide(decisions, matched_job(ANSWERED))
    assert decided.decision is Decision.VERIFIED
    assert [product.product_id for product in decided.auto_accepted] == ["p5"]
    assert rows(empty_database, LabelSampleRow) == []


def test_its_decisions_have_no_group_and_no_calibrated_probability(
    empty_database: Engine,
) -> None:
    older_release(empty_database)
    [decision] = rows(empty_database, DecisionRow)
    assert (decision.group_name, decision.calibrated_probability) == (None, None)
    assert (decision.probability, decision.threshold) == (0.99, 0.9)


def test_its_tasks_can_be_worked(empty_database: Engine, clock: FakeClock) -> None:
    older_release(empty_database)
    [task] = queue_of(empty_database, clock).claim("ann", 5, 60)
    assert (task.text, task.candidates[0].probability) == (WAITING, None)
