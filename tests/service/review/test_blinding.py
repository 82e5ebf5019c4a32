from __future__ import annotations

from datetime import UTC, datetime
from uuid import UUID, uuid4

import pytest

from service.access.actor import Actor, Scope
from service.database.tables import TaskKind, TaskStage, TaskState
from service.review.blinding import blind, shown
from service.review.schemas import CandidateRead, TaskRead

NOW = datetime(2026, 1, 1, tzinfo=UTC)
ADMIN = Actor("eve", frozenset({Scope.ADMIN}), "key")
ANN = Actor("ann", frozenset({Scope.REVIEW}), "key")


def task(task_id: UUID | None = None, kind: TaskKind = TaskKind.AUDIT) -> TaskRead:
    candidates = [
        CandidateRead(
            product_id=f"p{rank}", title=f"title {rank}", score=0.9, probability=0.8, rank=rank
        )
        for rank in range(1, 11)
    ]
    return TaskRead(
        id=task_id or uuid4(),
        source="shop",
        text="iphone",
        attributes={"brand": "Apple"},
        candidates=candidates,
        bundle_id="bundle-1",
        times_asked=7,
        times_skipped=1,
        created_at=NOW,
        kind=kind,
        state=TaskState.OPEN,
        last_asked_at=NOW,
        lease_owner=None,
        lease_until=None,
        answered_at=None,
        stage=TaskStage.OPINION,
        opinions_wanted=1,
        priority=0,
        due_at=NOW,
        assigned_to=None,
        expires_at=None,
        closed_at=None,
        close_reason=None,
        verdict_id=None,
    )


def order(of: TaskRead) -> list[str]:
    return [candidate.product_id for candidate in of.candidates]


def test_what_the_model_thinks_and_when_and_how_often_was_asked_is_hidden() -> None:
    hidden = blind(task())
    for candidate in hidden.candidates:
        assert (candidate.score, candidate.probability, candidate.rank) == (None, None, None)
        assert candidate.title.startswith("title ")
    assert (hidden.times_asked, hidden.last_asked_at, hidden.due_at) == (None, None, None)
    assert (hidden.text, hidden.times_skipped, hidden.created_at) == ("iphone", 1, NOW)


def test_all_candidates_are_there_and_always_in_the_same_order() -> None:
    task_id = uuid4()
    first, second = blind(task(task_id)), blind(task(task_id))
    assert order(first) == order(second)
    assert sorted(order(first)) == sorted(order(task()))


def test_the_order_says_nothing_of_the_rank() -> None:
    """Over many tasks each rank is at each place about equally often: 600 of 6,000 times."""
    at = [order(blind(task(UUID(int=number)))).index("p1") for number in range(6_000)]
    assert all(500 < at.count(place) < 700 for place in range(10))


def test_the_order_depends_on_the_task_and_not_on_why_it_is() -> None:
    task_id = uuid4()
    audit, review = (blind(task(task_id, kind)) for kind in TaskKind)
    assert order(audit) == order(review)


@pytest.mark.parametrize("blind_review", [True, False])
def test_why_a_task_was_opened_is_shown_to_an_admin_alone(blind_review: bool) -> None:
    assert shown(task(), ANN, blind_review).kind is None
    assert shown(task(), ADMIN, blind_review).kind is TaskKind.AUDIT


def test_an_admin_sees_all() -> None:
    whole = task()
    assert shown(whole, ADMIN, blind_review=True) == whole


def test_where_reviews_are_not_blind_scores_are_shown() -> None:
    whole = task()
    seen = shown(whole, ANN, blind_review=False)
    assert seen.candidates == whole.candidates
    assert seen.times_asked == 7
