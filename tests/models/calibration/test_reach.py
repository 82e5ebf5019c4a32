from __future__ import annotations

import numpy as np
import pytest

from models.calibration.reach import Reach, reach_of

TENTHS = np.arange(1, 11) / 10


def test_labels_drawn_from_everything_are_accepted_in_proportion() -> None:
    reach = reach_of(np.full(1800, -np.inf, np.float32), TENTHS)
    assert reach == Reach((1.0,), (1800,))
    assert reach.coverage_for(180) == pytest.approx(0.1)
    assert reach.coverage_for(1800) == 1.0
    assert reach.coverage_for(5000) == 1.0


def test_audits_count_as_many_where_they_take_part_and_nowhere_else() -> None:
    """100 audits of what 0.8 accepted, three tenths: where fewer are accepted they are as good as
    333 labels of everything."""
    valid_from = np.concatenate([np.full(600, -np.inf), np.full(100, 0.8)]).astype(np.float32)
    reach = reach_of(valid_from, TENTHS)
    assert reach == Reach((0.3, 1.0), (100, 600))
    assert reach.density(0.3) == pytest.approx(600 + 100 / 0.3)
    assert reach.density(0.31) == 600
    assert reach.coverage_for(28) == pytest.approx(28 / (600 + 100 / 0.3))
    assert reach.coverage_for(300) == pytest.approx(0.5)  # 280 at three tenths are too few


def test_audits_alone_reach_no_lower_than_they_were_drawn() -> None:
    reach = reach_of(np.full(100, 0.8, np.float32), TENTHS)
    assert reach.widest == pytest.approx(0.3)
    assert reach.coverage_for(1000) == pytest.approx(0.3)


def test_audits_above_all_other_scores_do_not_take_part() -> None:
    assert reach_of(np.full(100, 2.0, np.float32), TENTHS) == Reach((), ())


def test_without_labels_everything_is_reached() -> None:
    assert Reach((), ()).coverage_for(10) == 1.0
