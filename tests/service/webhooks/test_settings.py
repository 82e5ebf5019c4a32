"""What the settings say is what the sender does; `test_sender` shows what follows from it."""

from __future__ import annotations

from datetime import timedelta
from ipaddress import ip_network

import pytest
from sqlalchemy import Engine

from service.app import create_app
from service.errors import WebhookUrlRefused
from service.settings import Settings, load_settings
from service.webhooks.outcomes import FACTOR
from tests.service.conftest import FakeClock
from tests.service.webhooks.senders import rules


def test_the_settings_are_the_sender_s_policy(engine: Engine, clock: FakeClock) -> None:
    settings = Settings(
        webhook_attempts=4,
        webhook_timeout_seconds=7.5,
        webhook_backoff_seconds=2.0,
        webhook_backoff_max_seconds=50.0,
        webhook_private_addresses=(ip_network("10.0.0.0/8"),),
        webhook_keep_days=3.0,
    )
    policy = create_app(settings, engine, clock).state.service.sender._policy
    assert (policy.backoff.attempts, policy.backoff.first_seconds) == (4, 2.0)
    assert policy.backoff.max_seconds == 50.0
    assert policy.timeout_seconds == 7.5
    assert policy.private == (ip_network("10.0.0.0/8"),)
    assert policy.keep == timedelta(days=3)


def test_by_default_ten_attempts_take_about_two_days() -> None:
    settings = Settings()
    waits = [
        min(settings.webhook_backoff_seconds * FACTOR**number, settings.webhook_backoff_max_seconds)
        for number in range(settings.webhook_attempts - 1)
    ]
    assert 1 < sum(waits) / 2 / 86_400 < sum(waits) / 86_400 < 3


def test_private_networks_are_written_with_commas(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ALC_WEBHOOK_PRIVATE_ADDRESSES", "10.1.0.0/16, ::1/128")
    settings = load_settings()
    assert settings.webhook_private_addresses == (ip_network("10.1.0.0/16"), ip_network("::1/128"))
    assert settings.redacted()["webhook_private_addresses"] == ["10.1.0.0/16", "::1/128"]


def test_a_network_that_is_none_ends_the_start(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ALC_WEBHOOK_PRIVATE_ADDRESSES", "here")
    with pytest.raises(Exception, match="ALC_WEBHOOK_PRIVATE_ADDRESSES"):
        load_settings()


def test_no_network_is_private_by_default(engine: Engine, clock: FakeClock) -> None:
    with pytest.raises(WebhookUrlRefused):
        rules(engine, clock, Settings().webhook_private_addresses).create(
            "http://127.0.0.1/", [], "root"
        )
