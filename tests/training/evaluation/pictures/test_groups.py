from __future__ import annotations

from dataclasses import replace

import pytest

from tests.training.evaluation.pictures.pixels import has_colour, pixels
from training.evaluation.groups import GroupThreshold, GroupThresholds
from training.evaluation.pictures.groups import MOST_GROUPS, group_picture
from training.evaluation.pictures.style import COLOURS, MARKED

OVENS = GroupThreshold("ovens $5_000", 100, 0.9, 0.6, 0.8, 0.7, 0.96)


def thresholds(*groups: GroupThreshold, shared: float | None = 0.5) -> GroupThresholds:
    return GroupThresholds(0.95, shared, 0.1, 3, groups)


def test_a_group_is_a_dot_and_the_shared_threshold_a_line() -> None:
    both = pixels(group_picture(thresholds(OVENS)).png)
    alone = pixels(group_picture(thresholds(OVENS, shared=None)).png)
    assert has_colour(both, MARKED)
    assert not has_colour(alone, MARKED)


def test_a_group_that_reaches_no_threshold_is_marked() -> None:
    never = replace(OVENS, threshold=None)
    image = pixels(group_picture(thresholds(never, shared=None)).png)
    assert has_colour(image, MARKED)
    assert not has_colour(image, COLOURS[1])


@pytest.mark.parametrize("groups", [MOST_GROUPS, MOST_GROUPS + 5])
def test_the_largest_groups_are_drawn_and_the_text_says_so(groups: int) -> None:
    found = thresholds(*(replace(OVENS, name=f"g{i}", queries=100 + i) for i in range(groups)))
    picture = group_picture(found)
    assert ("largest of" in picture.shows) == (groups > MOST_GROUPS)
    assert "3 queries belong to groups too small" in picture.shows
