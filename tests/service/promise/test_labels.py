from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest
from sqlalchemy import Engine

from models.bundle.bundle import Bundle
from models.calibration.streams import (
    AuditLabel,
    CalibrationLabel,
    ReviewLabel,
    labels_of,
)
from models.catalogue import Catalogue, Product
from models.errors import WrongStream
from models.thresholds import Grouping, Promise
from service.database.engine import transaction
from service.database.tables import Answer, Decision, Stream
from service.promise.labels import GatheredLabels, LeftOut, gather_labels
from tests.service.conftest import FakeClock
from tests.service.promise.audits import Deployment
from tests.service.promise.labelled import BEST, OTHER, Labelled, add, right_or_wrong
from tests.service.promise.promises import ORDINARY, PHONES, bundle_of
from tests.service.review.queues import ask

Gather = Callable[..., GatheredLabels]
BUNDLE = bundle_of(ORDINARY)
AUDIT, CALIBRATION = (Stream.AUDIT,), (Stream.CALIBRATION,)


@pytest.fixture
def gather(engine: Engine, clock: FakeClock) -> Gather:
    """Store labelled decisions of a bundle, and gather what they certify."""

    def gathered(
        *labelled: Labelled, bundle: Bundle = BUNDLE, served: Promise = ORDINARY
    ) -> GatheredLabels:
        add(engine, clock, bundle.bundle_id, labelled)
        with transaction(engine) as connection:
            return gather_labels(connection, bundle, served)

    return gathered


def test_a_decision_drawn_from_everything_is_valid_for_every_threshold(gather: Gather) -> None:
    found = gather(right_or_wrong(True, deciding=0.25, decision=Decision.MANUAL_REVIEW))
    assert found.labels == [CalibrationLabel((0.25,), (True,), True, None)]
    assert (found.calibration, found.audits) == (1, 0)


def test_an_audit_is_valid_from_the_threshold_that_was_served(gather: Gather) -> None:
    found = gather(right_or_wrong(False, threshold=0.7, streams=AUDIT, group=PHONES))
    assert found.labels == [AuditLabel((0.9,), (False,), True, PHONES, 0.7)]
    assert (found.calibration, found.audits) == (0, 1)


@pytest.mark.parametrize(
    ("answer", "product_ids", "correct", "answerable"),
    [
        (Answer.ACCEPTED, (BEST,), True, True),
        (Answer.ACCEPTED, (OTHER, BEST), True, True),
        (Answer.ACCEPTED, (OTHER,), False, True),
        (Answer.NONE, (), False, False),
    ],
)
def test_the_verdict_says_what_is_right_and_whether_anything_is(
    gather: Gather,
    answer: Answer,
    product_ids: tuple[str, ...],
    correct: bool,
    answerable: bool,
) -> None:
    (label,) = gather(Labelled(answer=answer, product_ids=product_ids)).labels
    assert (label.correct, label.answerable) == ((correct,), answerable)


def test_verdicts_that_are_no_label_are_counted_by_reason(gather: Gather) -> None:
    found = gather(
        Labelled(answer=Answer.UNSURE),
        Labelled(answer=Answer.UNSURE, streams=AUDIT),
        Labelled(answer=Answer.NONE, decision=Decision.NO_MATCH, streams=AUDIT),
        Labelled(deciding=None, product_id=None, decision=Decision.MANUAL_REVIEW),
    )
    assert found.labels == []
    assert found.left_out == {
        LeftOut.UNSURE: 2,
        LeftOut.AUDIT_OF_NO_MATCH: 1,
        LeftOut.INCOMPLETE: 1,
    }


def test_a_decision_that_was_drawn_for_both_is_one_label(gather: Gather) -> None:
    found = gather(Labelled(streams=(Stream.AUDIT, Stream.CALIBRATION)))
    assert [type(one) for one in found.labels] == [CalibrationLabel]
    assert found.left_out == {LeftOut.SAME_QUERY: 1}


def test_what_nobody_drew_is_no_label(
    gather: Gather, deployment: Deployment, engine: Engine, clock: FakeClock
) -> None:
    (task_id,) = ask(engine, clock, "a task that was opened because of its low score")
    deployment.answer(task_id, Answer.NONE)
    assert gather().labels == []


def test_what_waits_for_a_verdict_is_no_label(gather: Gather, deployment: Deployment) -> None:
    deployment.draw(0.7, stream=Stream.CALIBRATION)
    assert gather().labels == []


def test_labels_of_another_bundle_are_left_alone(
    gather: Gather, engine: Engine, clock: FakeClock
) -> None:
    add(engine, clock, "another bundle", [Labelled(), Labelled(streams=AUDIT)])
    assert gather().labels == []


def test_review_labels_are_refused_by_their_type() -> None:
    label = ReviewLabel((0.4,), (True,), True, None)
    with pytest.raises(WrongStream, match="not drawn at random"):
        labels_of([label])  # type: ignore[list-item]


# ---------------------------------------------------------------------------------- groups

BY_BRAND = replace(ORDINARY, grouping=Grouping("brand", "query"))
BOSCH = {"brand": "Bosch"}


def test_a_query_is_of_the_group_it_was_served_as(gather: Gather) -> None:
    (label,) = gather(Labelled(group=PHONES, attributes=BOSCH), served=BY_BRAND).labels
    assert label.group == PHONES


def test_a_group_without_a_threshold_of_its_own_may_get_one(gather: Gather) -> None:
    (label,) = gather(Labelled(attributes=BOSCH), served=BY_BRAND).labels
    assert label.group == "Bosch"


def test_a_query_that_was_served_with_all_others_is_in_no_group_that_has_a_threshold(
    gather: Gather,
) -> None:
    """The same text may come with other attributes: the decision knows better than the task."""
    (label,) = gather(Labelled(attributes={"brand": PHONES}), served=BY_BRAND).labels
    assert label.group is None


def test_no_match_is_decided_for_all_groups_alike(gather: Gather) -> None:
    labelled = Labelled(decision=Decision.NO_MATCH, attributes={"brand": PHONES})
    (label,) = gather(labelled, served=BY_BRAND).labels
    assert label.group == PHONES


def test_the_group_may_be_the_product_s(gather: Gather) -> None:
    catalogue = Catalogue([Product(BEST, "a title", BOSCH)])
    bundle = replace(BUNDLE, runtime=replace(BUNDLE.runtime, catalogue=catalogue))
    served = replace(ORDINARY, grouping=Grouping("brand", "product"))
    (label,) = gather(Labelled(), bundle=bundle, served=served).labels
    assert label.group == "Bosch"
    (other, _) = gather(Labelled(product_id="gone"), bundle=bundle, served=served).labels[::-1]
    assert other.group is None


# ------------------------------------------------------------------------ several products

THREE = replace(ORDINARY, products_per_query=3)
CANDIDATES = [
    {"product_id": BEST, "score": 0.5, "probability": 0.9},
    {"product_id": OTHER, "score": 0.6, "probability": 0.8},
    {"product_id": "p3", "score": 0.4, "probability": None},
    {"product_id": "p4", "score": 0.3, "probability": None},
]


def test_several_products_of_a_query_are_known_by_its_task(gather: Gather) -> None:
    labelled = Labelled(candidates=CANDIDATES, product_ids=(OTHER, BEST))
    (label,) = gather(labelled, served=THREE).labels
    assert (label.scores, label.correct) == ((0.9, 0.8, 0.4), (True, True, False))


@pytest.mark.parametrize(
    "labelled",
    [
        Labelled(candidates=CANDIDATES[:2]),
        Labelled(candidates=CANDIDATES, deciding=0.8),
        Labelled(candidates=CANDIDATES, task_bundle_id="another bundle"),
    ],
    ids=["too few", "of another answer", "of another bundle"],
)
def test_a_task_that_does_not_know_them_makes_no_label(gather: Gather, labelled: Labelled) -> None:
    found = gather(labelled, served=THREE)
    assert (found.labels, found.left_out) == ([], {LeftOut.INCOMPLETE: 1})
