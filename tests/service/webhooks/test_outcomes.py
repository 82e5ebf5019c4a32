from __future__ import annotations

from datetime import UTC, datetime

import pytest

from service.webhooks.deliveries import Outcome
from service.webhooks.outcomes import Backoff, of_status, retry_after_seconds

NOW = datetime(2026, 1, 1, 12, tzinfo=UTC)
FAILED = Outcome("refused", 500)


@pytest.mark.parametrize("status", [200, 204, 299])
def test_2xx_is_delivered(status: int) -> None:
    assert of_status(status, None, NOW) == Outcome("delivered", status)


@pytest.mark.parametrize("status", [300, 307, 400, 404, 429, 500])
def test_any_other_status_is_a_refusal(status: int) -> None:
    assert of_status(status, None, NOW).name == "refused"


def test_410_ends_it() -> None:
    assert of_status(410, None, NOW).name == "gone"


def test_retry_after_is_seconds_or_a_date() -> None:
    assert retry_after_seconds("120", NOW) == 120
    assert retry_after_seconds("Thu, 01 Jan 2026 12:05:00 GMT", NOW) == 300
    assert retry_after_seconds("Thu, 01 Jan 2026 11:00:00 GMT", NOW) == 0


@pytest.mark.parametrize("nonsense", [None, "", "soon", "-5", "1e9", "²"])
def test_a_retry_after_that_cannot_be_read_asks_for_nothing(nonsense: str | None) -> None:
    assert retry_after_seconds(nonsense, NOW) == 0


def test_waits_grow_fourfold_up_to_the_longest() -> None:
    backoff = Backoff(attempts=9, first_seconds=5, max_seconds=86_400, lot=lambda: 1.0)
    waits = [backoff.wait(number, FAILED) for number in range(1, 10)]
    assert waits == [5, 20, 80, 320, 1280, 5120, 20_480, 81_920, 86_400]
    assert backoff.wait(1000, FAILED) == 86_400


def test_a_wait_is_a_lot_between_its_half_and_its_whole() -> None:
    def wait(lot: float) -> float:
        return Backoff(3, 100, 1000, lambda: lot).wait(1, FAILED)

    assert [wait(0.0), wait(0.5), wait(1.0)] == [50, 75, 100]


def test_a_receiver_can_ask_for_longer_but_not_for_ever() -> None:
    backoff = Backoff(3, 100, 1000, lambda: 1.0)
    assert backoff.wait(1, Outcome("refused", 429, retry_after_seconds=600)) == 600
    assert backoff.wait(1, Outcome("refused", 429, retry_after_seconds=60)) == 100
    assert backoff.wait(1, Outcome("refused", 429, retry_after_seconds=1e9)) == 1000


def test_the_last_attempt_is_the_one_that_the_settings_name() -> None:
    backoff = Backoff(3, 100, 1000, lambda: 1.0)
    assert [backoff.is_last(number) for number in (1, 2, 3, 4)] == [False, False, True, True]
