from __future__ import annotations

from pathlib import Path

import pytest
from pydantic import SecretStr, ValidationError

from models.errors import ConfigurationError
from service.settings import Settings, load_settings, unknown_variables


@pytest.fixture(autouse=True)
def _clean_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("DATABASE_URL", "STATE_DIR", "PORT", "HOST"):
        monkeypatch.delenv(name, raising=False)


def test_defaults_serve_on_this_machine_only() -> None:
    settings = load_settings()
    assert (settings.host, settings.port) == ("127.0.0.1", 8000)
    assert settings.database_url is None


@pytest.mark.parametrize("name", ["PORT", "ALC_PORT"])
def test_customary_names_work_with_and_without_prefix(
    monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.setenv(name, "9001")
    assert load_settings().port == 9001


def test_other_settings_need_the_prefix(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MAX_BATCH", "7")
    monkeypatch.setenv("ALC_TARGET_PRECISION", "0.9")
    settings = load_settings()
    assert (settings.max_batch, settings.target_precision) == (64, 0.9)


def test_bundles_lie_in_the_state_directory_unless_said_otherwise(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("STATE_DIR", "/var/lib/alc")
    assert load_settings().bundles_dir == Path("/var/lib/alc/bundles")
    monkeypatch.setenv("ALC_BUNDLES_DIR", "/srv/bundles")
    assert load_settings().bundles_dir == Path("/srv/bundles")


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("PORT", "70000"),
        ("ALC_TARGET_PRECISION", "1.5"),
        ("ALC_MAX_BATCH", "many"),
        ("ALC_LOG_LEVEL", "loud"),
    ],
)
def test_a_wrong_value_is_named(monkeypatch: pytest.MonkeyPatch, name: str, value: str) -> None:
    monkeypatch.setenv(name, value)
    with pytest.raises(ConfigurationError, match=f"{name}: [^;]*$"):
        load_settings()


def test_lease_limits_must_be_ordered(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ALC_LEASE_MIN_SECONDS", "100")
    monkeypatch.setenv("ALC_LEASE_MAX_SECONDS", "50")
    with pytest.raises(ConfigurationError, match="lease_min_seconds is larger"):
        load_settings()


@pytest.mark.parametrize(
    ("name", "value", "needed"),
    [
        ("ALC_VALUE_HOURS", "1", "value_hours needs value_attribute"),
        ("ALC_NEAR_BAND", "0.1", "near_band needs near_hours"),
        ("ALC_PRIORITY_HOURS", "-1", "ALC_PRIORITY_HOURS"),
        ("ALC_AUDIT_HOURS", "9000", "ALC_AUDIT_HOURS"),
        ("ALC_VALUE_ATTRIBUTE", "", "ALC_VALUE_ATTRIBUTE"),
    ],
)
def test_a_head_start_that_would_be_ignored_or_cannot_be_is_refused(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str, needed: str
) -> None:
    monkeypatch.setenv(name, value)
    with pytest.raises(ConfigurationError, match=needed):
        load_settings()


def test_picture_hosts_are_given_with_commas(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ALC_PICTURE_HOSTS", "cdn.example, *.shop.example:8080,127.0.0.1")
    assert load_settings().picture_hosts == ("cdn.example", "*.shop.example:8080", "127.0.0.1")


@pytest.mark.parametrize(
    "host", ["https://cdn.example", "*", "cdn.example/path", "a b", "x;script-src *", "'self'"]
)
def test_what_is_no_picture_host_is_refused(monkeypatch: pytest.MonkeyPatch, host: str) -> None:
    monkeypatch.setenv("ALC_PICTURE_HOSTS", host)
    with pytest.raises(ConfigurationError, match="ALC_PICTURE_HOSTS"):
        load_settings()


def test_settings_do_not_change() -> None:
    with pytest.raises(ValidationError):
        Settings().port = 1  # type: ignore[misc]


def test_secrets_are_not_shown() -> None:
    settings = Settings(database_url=SecretStr("postgresql://u:hunter2@db/x"))
    assert "hunter2" not in str(settings.redacted())


def test_a_mistyped_variable_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ALC_MAX_BATHC", "1")
    monkeypatch.setenv("ALC_MAX_BATCH", "1")
    monkeypatch.setenv("ALC_REVIEWS_KEY", "alc_key of the trainer on the same machine")
    assert unknown_variables() == ["ALC_MAX_BATHC"]


@pytest.mark.parametrize(
    ("host", "url"),
    [
        ("127.0.0.1", "http://127.0.0.1:8000"),
        ("0.0.0.0", "http://127.0.0.1:8000"),
        ("::", "http://[::1]:8000"),
        ("match.example", "http://match.example:8000"),
    ],
)
def test_the_local_url_can_be_opened(host: str, url: str) -> None:
    assert Settings(host=host, port=8000).local_url == url
