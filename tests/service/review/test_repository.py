"""What the recommender asks of the queue: open tasks, and answers that people gave."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from uuid import UUID

from sqlalchemy import Engine, text

from service.database.engine import transaction
from service.database.tables import Answer
from service.review import repository
from service.review.tasks import ReviewTask
from tests.service.conftest import FakeClock
from tests.service.review.queues import ask, event_kinds, new_task, queue_of


def test_a_new_query_becomes_an_open_task_with_its_candidates(
    engine: Engine, clock: FakeClock
) -> None:
    asked = new_task("bosch kgn39")
    with transaction(engine) as connection:
        repository.open_tasks(connection, clock, [asked])
        stored = repository.get(connection, asked.id)
    assert stored is not None
    assert (stored.text, stored.candidates) == ("bosch kgn39", asked.candidates)
    assert (stored.times_asked, stored.created_at) == (1, clock.now)
    assert event_kinds(engine, asked.id) == ["created"]


def test_candidates_keep_their_probabilities(engine: Engine, clock: FakeClock) -> None:
    (task_id,) = ask(engine, clock, "bosch kgn39", probabilities=(0.870001, 0.0, None))
    candidates = _get(engine, task_id).candidates
    assert [candidate.probability for candidate in candidates] == [0.870001, 0.0, None]


def test_a_task_of_a_release_without_probabilities_is_read(
    engine: Engine, clock: FakeClock
) -> None:
    (task_id,) = ask(engine, clock, "bosch kgn39", probabilities=(0.9, 0.8, 0.7))
    older = """
    update review_tasks set candidates = (
      select jsonb_agg(one - 'probability') from jsonb_array_elements(candidates) as one)
    """
    with transaction(engine) as connection:
        connection.execute(text(older))
    candidates = _get(engine, task_id).candidates
    assert [candidate.rank for candidate in candidates] == [1, 2, 3]
    assert [candidate.probability for candidate in candidates] == [None] * 3


def test_an_open_query_asked_again_is_one_task_counted(engine: Engine, clock: FakeClock) -> None:
    first, twin = ask(engine, clock, "same", "same")
    clock.advance(60)
    (again,) = ask(engine, clock, "same")
    task = _get(engine, again)
    assert first == twin == again
    assert (task.times_asked, task.last_asked_at) == (3, clock.now)
    assert event_kinds(engine, first) == ["created"]


def test_the_same_text_from_another_source_is_another_task(
    engine: Engine, clock: FakeClock
) -> None:
    assert ask(engine, clock, "same") != ask(engine, clock, "same", source="other shop")


def test_a_leased_query_asked_again_keeps_its_lease(engine: Engine, clock: FakeClock) -> None:
    (task_id,) = ask(engine, clock, "same")
    (leased,) = queue_of(engine, clock).claim("ann", 1, 60)
    assert ask(engine, clock, "same") == [task_id]
    assert _get(engine, task_id).lease_token == leased.lease_token


def test_an_answered_query_asked_again_is_a_new_task(engine: Engine, clock: FakeClock) -> None:
    ask(engine, clock, "same")
    answered = _answer(engine, clock, Answer.NONE)
    assert ask(engine, clock, "same") != [answered]


def test_a_query_of_which_somebody_was_unsure_still_waits(engine: Engine, clock: FakeClock) -> None:
    ask(engine, clock, "same")
    unsure = _answer(engine, clock, Answer.UNSURE)
    assert ask(engine, clock, "same") == [unsure]


def test_callers_with_the_same_queries_do_not_block_each_other(
    engine: Engine, clock: FakeClock
) -> None:
    texts = [f"query {number}" for number in range(20)]
    with ThreadPoolExecutor(2) as pool:
        forwards = pool.submit(lambda: [ask(engine, clock, *texts) for _ in range(10)])
        backwards = pool.submit(lambda: [ask(engine, clock, *texts[::-1]) for _ in range(10)])
        found = {UUID(str(task)) for ids in forwards.result() + backwards.result() for task in ids}
    assert len(found) == 20
    assert {_get(engine, task_id).times_asked for task_id in found} == {20}


def test_nothing_asked_needs_no_database(engine: Engine, clock: FakeClock) -> None:
    with transaction(engine) as connection:
        assert repository.open_tasks(connection, clock, []) == {}


def _get(engine: Engine, task_id: UUID) -> ReviewTask:
    with engine.connect() as connection:
        task = repository.get(connection, task_id)
    assert task is not None
    return task


def _answer(engine: Engine, clock: FakeClock, answer: Answer, *products: str) -> UUID:
    queue = queue_of(engine, clock)
    (task,) = queue.claim("ann", 1, 60)
    assert task.lease_token is not None
    queue.submit(task.id, task.lease_token, "ann", answer, products)
    return task.id
