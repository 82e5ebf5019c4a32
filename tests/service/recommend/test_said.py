from __future__ import annotations

from sqlalchemy import Engine

from service.database.engine import transaction
from service.database.tables import Answer
from service.recommend.keys import query_key, text_key
from service.recommend.said import Said, read_said
from tests.service.conftest import FakeClock
from tests.service.recommend.decisions import answer_task, decide, decision_service
from tests.service.recommend.jobs import UNCERTAIN, matched_job


def said(engine: Engine, text: str, source: str = "shop") -> Said:
    with transaction(engine) as connection:
        return read_said(connection, [query_key(text, source)], [text_key(text)])


def test_a_verdict_answers_its_query_and_blocks_for_its_text(
    engine: Engine, clock: FakeClock
) -> None:
    decide(decision_service(engine, clock), matched_job(UNCERTAIN))
    answer_task(engine, clock, Answer.ACCEPTED, ("p0", "p5"))
    own, other = said(engine, UNCERTAIN), said(engine, UNCERTAIN, source="other")
    verified = own.verified[query_key(UNCERTAIN, "shop")]
    assert (verified.answer, verified.product_ids) == (Answer.ACCEPTED, ("p0", "p5"))
    assert (verified.person, verified.answered_at) == ("ann", clock.now)
    assert other.verified == {}
    blocks = own.blocks[text_key(UNCERTAIN)]
    assert {block.task_id for block in blocks.values()} == {verified.task_id}
    assert "p0" not in blocks
    assert other.blocks == own.blocks


def test_nothing_was_said_about_what_nobody_answered(engine: Engine, clock: FakeClock) -> None:
    decide(decision_service(engine, clock), matched_job(UNCERTAIN))
    assert said(engine, UNCERTAIN) == Said({}, {})
    with transaction(engine) as connection:
        assert read_said(connection, [], []) == Said({}, {})
