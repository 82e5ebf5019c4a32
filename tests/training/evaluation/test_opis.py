from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.errors import ConfigurationError
from models.index.base import Neighbours
from tests.training.evaluation.lists import PRODUCTS, Lists, lists
from training.data.dataset import relevance_matrix
from training.evaluation.opis import NO_GROUP, OpisSettings, opis

GROUPS = np.array([0, 0, 1, 1])


def cosines(*distances: float) -> list[float]:
    return [1 - distance**2 / 2 for distance in distances]


def settings(**changes: Any) -> OpisSettings:
    usual: dict[str, Any] = {"fewest_right_pairs": 1, "false_accept_rates": (0.25, 1.0)}
    return OpisSettings(**usual | changes)


def example(right_of_group_1: float = 1.0) -> tuple[Neighbours, Any]:
    """Four queries over two groups; wrong pairs at 0.2 and 0.4, at 0.3 and 0.5.

    The right pairs of group 0 are at 0.1, one of group 1 is at 0.1, the other is given.
    """
    scores = np.array(
        [cosines(0.1, 0.2), cosines(0.1, 0.4), cosines(0.1, 0.3), cosines(right_of_group_1, 0.5)]
    )
    rows = np.array([[0, 1], [1, 0], [2, 3], [3, 2]])
    return Neighbours(scores, rows), relevance_matrix([(0,), (1,), (2,), (3,)], 4)


def test_the_score_by_hand() -> None:
    """A quarter of the wrong pairs is accepted at 0.2, all at 0.5; thresholds 0.2, 0.35 and 0.5.

    Group 0: sensitivity 1, specificity 1/2, 1/2, 0, so U = 2/3, 2/3, 0.
    Group 1: sensitivity 1/2, specificity 1, 1/2, 0, so U = 2/3, 1/2, 0.
    The variance of two is a quarter of the squared difference: 0, 1/144, 0; its mean is 1/288.
    """
    found, relevance = example()
    result = opis(found, relevance, GROUPS, settings(thresholds=3))
    assert result is not None
    assert result.value == pytest.approx(1 / 288)
    assert result.groups == 2
    assert (result.lowest_distance, result.highest_distance) == pytest.approx((0.2, 0.5))


def test_a_right_pair_that_was_not_found_is_never_accepted() -> None:
    found, relevance = example(right_of_group_1=0.1)
    short = Neighbours(found.scores, np.where(found.rows == [3, 2], -1, found.rows))
    both = [opis(one, relevance, GROUPS, settings(thresholds=3)) for one in (found, short)]
    missed = opis(*example(), GROUPS, settings(thresholds=3))
    assert both[0] != both[1]
    assert missed is not None
    assert missed != both[0]


def test_groups_that_behave_alike_are_consistent() -> None:
    scores = np.tile(np.array([cosines(0.1, 0.2), cosines(0.3, 0.4)]), (2, 1))
    rows = np.array([[0, 1], [1, 0], [2, 3], [3, 2]])
    relevance = relevance_matrix([(0,), (1,), (2,), (3,)], 4)
    result = opis(Neighbours(scores, rows), relevance, GROUPS, settings())
    assert result is not None
    assert result.value == pytest.approx(0, abs=1e-12)


@pytest.mark.parametrize(
    ("groups", "changes"),
    [
        ([0, 0, 1, 1], {"fewest_right_pairs": 3}),
        ([0, 0, 0, 0], {}),
        ([NO_GROUP] * 4, {}),
        ([0, 0, NO_GROUP, NO_GROUP], {}),
        ([0, 0, 1, 1], {"false_accept_rates": (0.9, 1.0)}),
    ],
    ids=["too few right pairs", "one group", "no groups", "one named group", "no range"],
)
def test_without_groups_to_compare_there_is_no_score(
    groups: list[int], changes: dict[str, Any]
) -> None:
    assert opis(*example(), np.array(groups), settings(**changes)) is None


def test_a_group_without_a_wrong_pair_is_left_out() -> None:
    found = Neighbours(np.array([cosines(0.1), cosines(0.2)]), np.array([[0], [0]]))
    relevance = relevance_matrix([(0,), (1,)], 2)
    assert opis(found, relevance, np.array([0, 1]), settings()) is None


@given(lists, st.lists(st.integers(-1, 2), min_size=PRODUCTS, max_size=PRODUCTS))
def test_the_score_is_a_variance_of_shares(drawn: Lists, groups: list[int]) -> None:
    result = opis(*drawn, np.array(groups), settings())
    assert result is None or 0 <= result.value <= 0.25


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"fewest_right_pairs": 0}, "fewest_right_pairs"),
        ({"false_accept_rates": (0.1, 0.1)}, "false_accept_rates"),
        ({"false_accept_rates": (0.0, 0.1)}, "false_accept_rates"),
        ({"false_accept_rates": (0.1, 1.5)}, "false_accept_rates"),
        ({"thresholds": 1}, "thresholds"),
    ],
)
def test_settings_that_cannot_be_used_are_refused(changes: dict[str, Any], field: str) -> None:
    with pytest.raises(ConfigurationError, match=field):
        settings(**changes)
