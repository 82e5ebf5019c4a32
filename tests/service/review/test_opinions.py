"""When opinions suffice: every case of two, and of a third who decides."""

from __future__ import annotations

from uuid import uuid4

import pytest

from service.database.tables import Answer, TaskStage, TaskState
from service.review.opinions import agree, settle
from service.review.tasks import Verdict


def said(answer: Answer, *products: str) -> Verdict:
    return Verdict(uuid4(), answer, products, None, "somebody")


FIRST, SECOND = said(Answer.ACCEPTED, "p1"), said(Answer.ACCEPTED, "p2")
NONE, UNSURE = said(Answer.NONE), said(Answer.UNSURE)
OPINION, ADJUDICATION = TaskStage.OPINION, TaskStage.ADJUDICATION


@pytest.mark.parametrize("given", [FIRST, NONE])
def test_one_opinion_decides_where_one_is_wanted(given: Verdict) -> None:
    settled = settle(OPINION, 1, [], given)
    assert (settled.state, settled.opinions_wanted) == (TaskState.ANSWERED, 1)


@pytest.mark.parametrize("given", [FIRST, NONE])
def test_the_first_of_two_leaves_the_task_open(given: Verdict) -> None:
    settled = settle(OPINION, 2, [], given)
    assert (settled.state, settled.stage) == (TaskState.OPEN, OPINION)


@pytest.mark.parametrize("wanted", [1, 2])
def test_unsure_always_wants_another_opinion(wanted: int) -> None:
    settled = settle(OPINION, wanted, [], UNSURE)
    assert (settled.state, settled.opinions_wanted) == (TaskState.OPEN, 2)


@pytest.mark.parametrize(("one", "other"), [(FIRST, FIRST), (NONE, NONE)])
def test_two_that_agree_decide(one: Verdict, other: Verdict) -> None:
    assert settle(OPINION, 2, [one], other).state is TaskState.ANSWERED


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (FIRST, SECOND),
        (FIRST, NONE),
        (NONE, SECOND),
        (FIRST, said(Answer.ACCEPTED, "p1", "p2")),
        (UNSURE, FIRST),
        (UNSURE, NONE),
        (FIRST, UNSURE),
        (UNSURE, UNSURE),
    ],
)
def test_two_that_do_not_agree_leave_it_to_a_third(one: Verdict, other: Verdict) -> None:
    settled = settle(OPINION, 2, [one], other)
    assert (settled.state, settled.stage) == (TaskState.ADJUDICATE, ADJUDICATION)


@pytest.mark.parametrize("given", [FIRST, SECOND, NONE])
def test_who_adjudicates_decides(given: Verdict) -> None:
    assert settle(ADJUDICATION, 2, [FIRST, NONE], given).state is TaskState.ANSWERED


def test_who_adjudicates_and_is_unsure_leaves_it_to_somebody_else() -> None:
    settled = settle(ADJUDICATION, 2, [FIRST, NONE], UNSURE)
    assert (settled.state, settled.stage) == (TaskState.ADJUDICATE, ADJUDICATION)


def test_the_order_of_products_and_the_comment_make_no_difference() -> None:
    one, other = said(Answer.ACCEPTED, "p1", "p2"), said(Answer.ACCEPTED, "p2", "p1")
    assert agree(one, other)
    assert not agree(one, FIRST)
