"""Promises by groups; what each method finds is in its own file."""

from __future__ import annotations

import numpy as np
import pytest

from models.calibration.calibrator import certify
from models.calibration.record import CalibrationLabels, Unlabelled
from models.calibration.settings import CalibrationMethodSettings, GroupSettings
from models.calibration.target import Target
from models.errors import DataError
from models.thresholds import Grouping, Promise, accepted
from tests.models.calibration.certifying import NOW, THOUSANDTHS, certified

TARGET = Target(0.9, 0.9)
GROUPED = CalibrationMethodSettings(groups=GroupSettings("category"))
SCORES = np.tile(THOUSANDTHS, 3)
NAMES = ["books"] * 1000 + ["cables"] * 1000 + ["phones"] * 1000


def promise(
    correct: np.ndarray,
    names: list[str | None] | None = None,
    settings: CalibrationMethodSettings = GROUPED,
    scores: np.ndarray = SCORES,
) -> Promise:
    groups = NAMES if names is None else names
    return certify(
        CalibrationLabels.drawn_from_all(scores, correct, groups=groups),
        Unlabelled.of(SCORES, NAMES),
        TARGET,
        settings,
        NOW,
    )


def test_without_groups_there_is_one_threshold() -> None:
    made = promise(SCORES > 0.5, settings=CalibrationMethodSettings())
    assert (made.grouping, made.groups, made.calibration_labels) == (None, (), 3000)


def test_each_group_is_certified_on_its_own_labels_at_its_part_of_the_risk() -> None:
    made = promise(SCORES > 0.5)
    assert made.grouping == Grouping("category")
    assert [one.group for one in made.groups] == ["books", "cables", "phones"]
    own = made.for_group("cables")
    alone = certified(THOUSANDTHS, THOUSANDTHS > 0.5, THOUSANDTHS, confidence=1 - 0.1 / 3)
    assert (own.threshold, own.accepted) == (alone.threshold, alone.accepted)
    assert own.confidence == 0.9
    assert own.p_value == pytest.approx(3 * (alone.p_value or 0))


def test_a_broken_group_is_repaired_by_its_own_threshold() -> None:
    """Books and cables are right from 0.2 on, phones from 0.7 on only. At one threshold for all,
    precision holds on average, and is far from it among phones."""
    fair = np.where(np.array(NAMES) == "phones", SCORES > 0.7, SCORES > 0.2)
    one = promise(fair, settings=CalibrationMethodSettings())
    own = promise(fair)
    phones = np.array(NAMES) == "phones"
    for made, holds in ((one, False), (own, True)):
        within = accepted(SCORES[:, np.newaxis].astype(np.float32), made, NAMES)[:, 0]
        assert fair[within].mean() >= 0.9
        assert (fair[within & phones].mean() >= 0.9) is np.bool_(holds)
    assert (own.for_group("phones").threshold or 0) > (one.threshold or 1)
    assert (own.for_group("books").threshold or 1) < (one.threshold or 0)


def test_a_group_with_labels_enough_that_fails_is_not_automated() -> None:
    made = promise(np.array(NAMES) != "phones")
    assert made.for_group("phones").threshold is None
    assert made.for_group("books").threshold is not None


def test_groups_with_too_few_labels_share_the_threshold_of_all_their_labels() -> None:
    """30 phones and 20 queries of no group; the first test of a part needs 31 or more."""
    rare = np.concatenate([np.arange(2000), np.arange(2000, 3000, 20)])
    scores = SCORES[rare]
    names: list[str | None] = [*NAMES[:2000], *["phones"] * 30, *[None] * 20]
    made = promise(scores[:2050] > 0.5, names, scores=scores[:2050])
    assert [one.group for one in made.groups] == ["books", "cables"]
    assert made.for_group("phones") is made
    assert made.calibration_labels == 50


def test_how_many_labels_a_group_needs_is_a_setting() -> None:
    few = np.concatenate([np.arange(2000), np.arange(2000, 3000, 10)])
    names = [NAMES[at] for at in few]
    always = np.ones(len(few), np.bool_)
    for multiple, count in ((8, 2), (2, 3)):
        settings = CalibrationMethodSettings(groups=GroupSettings(fewest_multiple=multiple))
        assert len(promise(always, names, settings, SCORES[few]).groups) == count


def test_only_the_most_frequent_groups_have_thresholds() -> None:
    settings = CalibrationMethodSettings(groups=GroupSettings(most=1))
    made = promise(SCORES > 0.5, settings=settings)
    assert [one.group for one in made.groups] == ["books"]
    assert made.calibration_labels == 2000


def test_where_all_labels_are_of_groups_others_are_not_automated() -> None:
    made = promise(SCORES > 0.5)
    assert (made.threshold, made.calibration_labels, made.accepted) == (None, 0, 0)
    assert made.labels_needed is not None
    assert made.for_group("lamps").threshold is None


def test_the_remainder_is_placed_by_all_scores_where_no_others_are_of_it() -> None:
    names: list[str | None] = [None if name == "phones" else name for name in NAMES]
    made = certify(
        CalibrationLabels.drawn_from_all(SCORES, SCORES > 0.5, groups=names),
        Unlabelled.of(SCORES[:2000], NAMES[:2000]),
        TARGET,
        GROUPED,
        NOW,
    )
    assert made.calibration_labels == 1000
    assert made.threshold is not None


def test_groups_depend_on_how_many_labels_there_are_never_on_what_they_say() -> None:
    right, wrong = promise(SCORES > 0.5), promise(SCORES < 0)
    assert [one.group for one in right.groups] == [one.group for one in wrong.groups]


def test_several_products_per_query_are_promised_together() -> None:
    """The second product is right less often: its share of the loss lifts the threshold."""
    pairs = np.stack([SCORES, SCORES - 0.0005], axis=1)
    right = np.stack([SCORES > 0.3, SCORES > 0.6], axis=1)
    settings = CalibrationMethodSettings()
    two = promise(right, settings=settings, scores=pairs)
    one = promise(right[:, 0], settings=settings)
    assert (two.products_per_query, one.products_per_query) == (2, 1)
    assert two.threshold is not None
    assert one.threshold is not None
    assert two.threshold > one.threshold
    within = accepted(pairs.astype(np.float32), two)
    loss = (within & ~right).sum(axis=1)[within[:, 0]] / within.sum(axis=1)[within[:, 0]]
    assert two.errors == pytest.approx(loss.sum())
    assert loss.mean() <= 0.1


def test_audits_add_to_what_can_be_certified_where_they_were_drawn() -> None:
    """200 labels of everything prove nothing at 0.95; with 400 audits of 0.5 and more they do."""
    drawn, audited = THOUSANDTHS[::5], np.linspace(0.5, 1, 400)
    few = CalibrationLabels.drawn_from_all(drawn, drawn > 0.45)
    both = CalibrationLabels(
        scores=np.concatenate([drawn, audited]).astype(np.float32)[:, np.newaxis],
        correct=np.concatenate([drawn > 0.45, audited > 0.45])[:, np.newaxis],
        answerable=np.ones(600, np.bool_),
        groups=(None,) * 600,
        valid_from=np.concatenate([np.full(200, -np.inf), np.full(400, 0.5)]).astype(np.float32),
    )
    made = [
        certify(
            labels, Unlabelled.of(THOUSANDTHS), Target(0.95, 0.9), CalibrationMethodSettings(), NOW
        )
        for labels in (few, both)
    ]
    assert made[0].threshold is None
    assert made[1].threshold is not None
    assert 0.42 < made[1].threshold < 0.51
    assert made[1].calibration_labels == 600


def test_no_labels_are_refused() -> None:
    with pytest.raises(DataError, match="no calibration labels, so nothing can be promised"):
        promise(np.empty(0, np.bool_), [], scores=np.empty(0))
