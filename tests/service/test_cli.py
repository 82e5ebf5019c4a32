from __future__ import annotations

import json
import stat
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import URL, Engine, select

from service import cli
from service.access import service as access
from service.access.tokens import ApiKey, matches
from service.clock import database_clock
from service.database.engine import transaction
from service.database.tables import SignInLinkRow

Run = Callable[..., str]


@pytest.fixture
def run(
    engine: Engine,
    database_url: URL,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> Run:
    """Run the command line against the test's database; returns what it printed."""
    monkeypatch.setenv("DATABASE_URL", database_url.render_as_string(hide_password=False))

    def run_command(*arguments: str, status: int = 0) -> str:
        monkeypatch.setattr("sys.argv", ["alc-serve", *arguments])
        with pytest.raises(SystemExit) as ended:
            cli.main()
        assert ended.value.code == status
        printed = capsys.readouterr()
        return printed.err if status else printed.out

    return run_command


def test_a_key_is_shown_once_and_stored_hashed(run: Run, engine: Engine) -> None:
    printed = run("keys", "create", "--name", "shop", "--scope", "recommend", "--scope", "review")
    key = ApiKey.parse(printed.strip())
    assert key is not None
    (stored,) = access.list_keys(engine)
    assert (stored.id, stored.name, stored.scopes) == (key.id, "shop", ("recommend", "review"))
    assert matches(key.secret, stored.secret_sha256)
    assert key.secret not in run("keys", "list")


def test_a_key_file_is_for_its_owner_alone(run: Run, tmp_path: Path) -> None:
    file = tmp_path / "secrets" / "shop.key"
    for _ in range(2):
        printed = run(
            "keys", "create", "--name", "shop", "--scope", "recommend", "--key-file", str(file)
        )
        assert stat.S_IMODE(file.stat().st_mode) == 0o600
        assert ApiKey.parse(file.read_text().strip()) is not None
        assert file.read_text().strip() not in printed


def test_keys_are_listed_and_revoked(run: Run, engine: Engine) -> None:
    run("keys", "create", "--name", "shop", "--scope", "admin")
    (key,) = access.list_keys(engine)
    assert "active" in run("keys", "list")
    run("keys", "revoke", key.id)
    listed = run("keys", "list")
    assert "active" not in listed
    assert "revoked" in listed


def test_a_mistake_is_one_line_and_status_2(run: Run) -> None:
    printed = run("keys", "revoke", "nosuchkey", status=2)
    assert printed.startswith("error: There is no key 'nosuchkey'")
    assert printed.count("\n") == 1


def test_a_wrong_setting_is_one_line_and_status_2(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PORT", "many")
    printed = run("settings", status=2)
    assert "ALC_PORT" in printed
    assert printed.count("\n") == 1


def test_a_database_that_is_away_is_one_line_and_status_2(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgresql://nobody@127.0.0.1:1/none")
    assert "does not answer" in run("keys", "list", status=2)


def test_an_unknown_scope_is_refused(run: Run, engine: Engine) -> None:
    run("keys", "create", "--name", "shop", "--scope", "everything", status=2)
    assert access.list_keys(engine) == []


def test_a_sign_in_link_signs_in(run: Run, engine: Engine) -> None:
    link = run("sign-in-link", "--name", "ann", "--base-url", "https://match.example").strip()
    base, token = link.rsplit("/", 1)
    assert base == "https://match.example/sign-in"
    lasts = timedelta(hours=1)
    session = access.redeem_sign_in_link(engine, database_clock, token, lasts)
    actor = access.find_session(engine, database_clock, session)
    assert actor is not None
    assert (actor.name, actor.scopes) == ("ann", frozenset({"review"}))


def test_a_sign_in_link_leads_to_the_configured_address(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PORT", "9009")
    monkeypatch.setenv("HOST", "0.0.0.0")
    assert run("sign-in-link", "--name", "ann").startswith("http://127.0.0.1:9009/sign-in/")


def test_a_sign_in_link_lasts_as_long_as_the_settings_say(
    run: Run, engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ALC_SIGN_IN_LINK_MINUTES", "5")
    run("sign-in-link", "--name", "ann")
    with transaction(engine) as connection:
        times = select(SignInLinkRow.created_at, SignInLinkRow.expires_at)
        created_at, expires_at = connection.execute(times).one()
    assert (expires_at - created_at).total_seconds() == pytest.approx(300, abs=1)


def test_settings_are_shown_without_secrets(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgresql://ann:hunter2@db/alc")
    printed = run("settings")
    assert "hunter2" not in printed
    assert json.loads(printed)["target_precision"] == 0.95


def test_a_mistyped_setting_is_warned_about(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("ALC_MAX_BATHC", "1")
    monkeypatch.setattr("sys.argv", ["alc-serve", "settings"])
    with pytest.raises(SystemExit):
        cli.main()
    assert "ALC_MAX_BATHC" in capsys.readouterr().err


def test_the_openapi_document_is_written(run: Run, tmp_path: Path) -> None:
    file = tmp_path / "openapi.json"
    run("openapi", str(file))
    assert json.loads(file.read_text())["openapi"].startswith("3.")
