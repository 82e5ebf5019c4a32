from __future__ import annotations

import pytest

from training.loop.pace import STEPS, Pace


def test_speed_and_remaining_time() -> None:
    pace = Pace(now=10.0, done=0)
    pace.tell(12.0, 100)
    pace.tell(14.0, 300)

    assert pace.per_second == pytest.approx(300 / 4)
    assert pace.seconds_left(600) == pytest.approx(4.0)
    assert pace.seconds_left(300) == 0


def test_nothing_is_known_before_the_first_step_or_within_no_time() -> None:
    pace = Pace(now=10.0, done=0)
    assert (pace.per_second, pace.seconds_left(100)) == (None, None)

    pace.tell(10.0, 50)
    assert (pace.per_second, pace.seconds_left(100)) == (None, None)


def test_what_was_done_before_a_run_went_on_is_no_speed() -> None:
    pace = Pace(now=0.0, done=1_000)
    pace.tell(1.0, 1_010)

    assert pace.per_second == pytest.approx(10)


def test_only_the_last_steps_count() -> None:
    pace = Pace(now=-1_000.0, done=0)
    for step in range(1, STEPS + 2):
        pace.tell(float(step), step)

    assert pace.per_second == pytest.approx(1)
