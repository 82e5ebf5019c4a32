from __future__ import annotations

import numpy as np
import pytest

from models.calibration.groups import divide, frequent_groups, members, remainder
from models.calibration.record import CalibrationLabels, Unlabelled
from models.calibration.settings import GroupSettings
from models.calibration.target import Target

TARGET = Target(0.9, 0.9)


def labels(*counts: int, others: int = 0) -> CalibrationLabels:
    """So many labels of the groups a, b, c, ..., and of none."""
    names = [chr(97 + at) for at, count in enumerate(counts) for _ in range(count)]
    groups: list[str | None] = [*names, *[None] * others]
    scores = np.linspace(0, 1, len(groups))
    return CalibrationLabels.drawn_from_all(scores, scores > 0.5, groups=groups)


def traffic(*names: str) -> Unlabelled:
    return Unlabelled.of(np.linspace(0, 1, len(names)), names)


def test_the_most_frequent_groups_are_kept_and_ties_go_by_name() -> None:
    groups = ("b", "a", None, "c", "b", None, None)
    assert frequent_groups(groups, 2) == {"b", "a"}
    assert frequent_groups(groups, 9) == {"a", "b", "c"}


def test_the_risk_is_divided_over_groups_and_remainder() -> None:
    division = divide(labels(500, 500, others=10), traffic("a", "b"), TARGET, GroupSettings())
    assert (division.groups, division.parts) == (("a", "b"), 3)
    assert division.part_of(TARGET).risk == pytest.approx(0.1 / 3)
    without = divide(labels(500, 500), traffic("a", "b"), TARGET, GroupSettings())
    assert without.parts == 2


def test_a_group_needs_more_labels_the_more_groups_there_are() -> None:
    """8 times the zero-error minimum: 29 at half of the risk, 33 at a third of it."""
    alone = divide(labels(232, others=10), traffic("a", "b"), TARGET, GroupSettings())
    assert (alone.groups, alone.parts) == (("a",), 2)
    two = divide(labels(264, 264, others=10), traffic("a", "b"), TARGET, GroupSettings())
    assert two.groups == ("a", "b")
    one_left = divide(labels(264, 263, others=10), traffic("a", "b"), TARGET, GroupSettings())
    assert (one_left.groups, one_left.parts) == (("a",), 2)


def test_a_group_of_which_no_other_queries_are_known_has_no_threshold_of_its_own() -> None:
    division = divide(labels(500, 500), traffic("a"), TARGET, GroupSettings())
    assert division.groups == ("a",)


def test_without_labels_enough_for_any_group_all_share_the_whole_risk() -> None:
    division = divide(labels(20, 30), traffic("a", "b"), TARGET, GroupSettings())
    assert (division.groups, division.parts) == ((), 1)


def test_every_query_is_of_one_group_or_of_the_remainder() -> None:
    groups = ("a", None, "b", "c")
    assert members(groups, "a").tolist() == [True, False, False, False]
    assert remainder(groups, ("a", "b")).tolist() == [False, True, False, True]
