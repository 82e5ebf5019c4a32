from __future__ import annotations

import numpy as np
import pytest

from models.errors import ConfigurationError
from models.index.base import Neighbours
from training.data.dataset import relevance_matrix
from training.evaluation.groups import GroupSettings, group_thresholds

SETTINGS = GroupSettings(fewest_queries=3)
GROUPS = ["ovens", "phones", "cables", ""]
# Ovens: right from 0.3 on. Phones: one error at 0.8. Cables: all wrong. The last: no group.
ANSWERS = [
    (0.9, 0, True),
    (0.6, 0, True),
    (0.3, 0, True),
    (0.9, 1, True),
    (0.85, 1, True),
    (0.8, 1, False),
    (0.5, 2, False),
    (0.4, 2, False),
    (0.2, 2, False),
    (0.1, 3, True),
]


def found() -> Neighbours:
    scores = np.array([[score] for score, _, _ in ANSWERS], dtype=np.float32)
    return Neighbours(scores, np.array([[row] for _, row, _ in ANSWERS]))


RELEVANCE = relevance_matrix([(row,) if right else () for _, row, right in ANSWERS], 4)


def test_every_group_has_the_lowest_threshold_that_reaches_the_target() -> None:
    groups = group_thresholds(found(), RELEVANCE, GROUPS, 0.9, SETTINGS).groups
    own = {one.name: (one.threshold, one.coverage) for one in groups}
    assert own["ovens"] == pytest.approx((0.3, 1.0))
    assert own["phones"] == pytest.approx((0.85, 2 / 3))
    assert own["cables"] == (None, 0.0)


def test_the_shared_threshold_treats_groups_differently() -> None:
    """From 0.85 on all three answers are right; at 0.8 only three of four are."""
    result = group_thresholds(found(), RELEVANCE, GROUPS, 0.9, SETTINGS)
    assert result.shared_threshold == pytest.approx(0.85)
    ovens = next(one for one in result.groups if one.name == "ovens")
    cables = next(one for one in result.groups if one.name == "cables")
    assert (ovens.shared_coverage, ovens.shared_precision) == pytest.approx((1 / 3, 1.0))
    assert (cables.shared_coverage, cables.shared_precision) == (0.0, None)


def test_groups_are_ordered_by_threshold_and_none_reaching_comes_first() -> None:
    groups = group_thresholds(found(), RELEVANCE, GROUPS, 0.9, SETTINGS).groups
    assert [one.name for one in groups] == ["cables", "phones", "ovens"]


def test_the_spread_weighs_groups_by_their_queries() -> None:
    result = group_thresholds(found(), RELEVANCE, GROUPS, 0.9, SETTINGS)
    assert result.spread == pytest.approx((0.85 - 0.3) / 2)
    assert result.left_out == 1


def test_small_groups_are_left_out() -> None:
    result = group_thresholds(found(), RELEVANCE, GROUPS, 0.9, GroupSettings(fewest_queries=4))
    assert (result.groups, result.left_out, result.spread) == ((), len(ANSWERS), None)
    with pytest.raises(ConfigurationError, match="fewest_queries"):
        GroupSettings(fewest_queries=0)


def test_without_a_shared_threshold_nothing_is_accepted() -> None:
    never = relevance_matrix([()] * len(ANSWERS), 4)
    result = group_thresholds(found(), never, GROUPS, 0.9, SETTINGS)
    assert result.shared_threshold is None
    assert all(one.shared_coverage == 0 for one in result.groups)
