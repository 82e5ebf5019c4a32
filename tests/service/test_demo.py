from __future__ import annotations

import json
import shlex
import stat
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import httpx2
import pytest
from sqlalchemy import Engine

from models.bundle.bundle import Bundle
from models.bundle.load import load_bundle
from models.bundle.publish import publish
from service.access import service as access
from service.access.service import SignInLinkUsed
from service.access.tokens import ApiKey
from service.app import create_app
from service.clock import database_clock
from service.demo import KEY_FILE, announcement, demo_key, promise_sentence
from service.settings import Settings
from tests.service.conftest import FakeClock, Serve
from tests.small_bundle import CREATED_AT, small_contents, small_promise

TABLE = "split offers, 8 test queries\n\n      P@1\nours  1.000\n"
HOUR = timedelta(hours=1)


@pytest.fixture
def bundle(tmp_path: Path) -> Bundle:
    contents = replace(small_contents(), report={"table.txt": TABLE.encode()})
    return load_bundle(publish(tmp_path / "bundles", contents, created_at=CREATED_AT))


@pytest.fixture
def settings(tmp_path: Path, bundle: Bundle) -> Settings:
    assert bundle.directory.is_relative_to(tmp_path)
    return Settings(state_dir=tmp_path, bundles_dir=tmp_path / "bundles")


def line_with(text: str, part: str) -> str:
    (line,) = [line for line in text.splitlines() if part in line]
    return line


def sign_in_token(text: str) -> str:
    return line_with(text, "/sign-in/").rpartition("/sign-in/")[2]


def test_the_key_is_made_once_and_used_again(engine: Engine, tmp_path: Path) -> None:
    file = tmp_path / KEY_FILE

    first, again = (demo_key(file, engine, database_clock) for _ in range(2))

    assert first == again == file.read_text().strip()
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    (stored,) = access.list_keys(engine)
    assert (stored.name, set(stored.scopes)) == ("demo", {"recommend", "review"})


@pytest.mark.parametrize(
    "left_over", ["nonsense", str(ApiKey.random())], ids=["no key", "a key of elsewhere"]
)
def test_a_key_that_the_database_does_not_know_is_replaced(
    engine: Engine, tmp_path: Path, left_over: str
) -> None:
    file = tmp_path / KEY_FILE
    file.write_text(left_over)

    key = demo_key(file, engine, database_clock)

    assert key == file.read_text().strip() != left_over
    assert stat.S_IMODE(file.stat().st_mode) == 0o600


def test_a_key_that_was_revoked_is_replaced(engine: Engine, tmp_path: Path) -> None:
    file = tmp_path / KEY_FILE
    first = ApiKey.parse(demo_key(file, engine, database_clock))
    assert first is not None
    access.revoke_key(engine, database_clock, first.id, by="test")

    assert demo_key(file, engine, database_clock) != str(first)


def test_a_key_with_another_secret_is_replaced(engine: Engine, tmp_path: Path) -> None:
    file = tmp_path / KEY_FILE
    first = demo_key(file, engine, database_clock)
    file.write_text(first[:-4] + "AAAA")

    assert demo_key(file, engine, database_clock) not in (first, first[:-4] + "AAAA")


def test_a_promise_is_one_sentence_with_its_numbers() -> None:
    assert promise_sentence(small_promise(), "score") == (
        "precision >= 95%, confidence 90%, for scores from 0.9000:"
        " 300 of 500 calibration queries (60.0%) were accepted, 4 of them wrongly."
    )


def test_a_promise_says_what_its_threshold_is_compared_with() -> None:
    assert ", for probabilities from 0.9000:" in promise_sentence(small_promise(), "probability")


def test_what_cannot_be_promised_says_what_is_missing() -> None:
    refused = small_promise(threshold=None)

    assert promise_sentence(replace(refused, labels_needed=1234), "score") == (
        "precision >= 95%, confidence 90%: cannot promise, everything goes to review;"
        " at least 1,234 more labels are needed."
    )
    assert promise_sentence(replace(refused, labels_needed=None), "score").endswith(
        "everything goes to review; more labels alone would not help."
    )


def test_the_model_is_shown_by_its_table_and_the_promise_in_force(
    engine: Engine, settings: Settings, bundle: Bundle
) -> None:
    text = announcement(settings, engine, database_clock, bundle)

    assert TABLE.rstrip() in text
    assert f"Promise: {promise_sentence(bundle.promise_for(0.95), 'score')}" in text


def test_the_curl_line_asks_the_running_service(
    engine: Engine, settings: Settings, bundle: Bundle, serve: Serve, client: httpx2.Client
) -> None:
    app = create_app(settings, engine)
    app.state.service.bundles.load()
    port = int(serve(app).rpartition(":")[2])
    text = announcement(settings.model_copy(update={"port": port}), engine, database_clock, bundle)

    curl, silent, url, _, authorization, _, content_type, _, body = shlex.split(
        line_with(text, "curl")
    )
    headers = dict(header.split(": ", 1) for header in (authorization, content_type))
    answer = client.post(url, headers=headers, content=body)

    assert (curl, silent) == ("curl", "-s")
    assert answer.status_code == 200
    asked, results = json.loads(body), answer.json()["results"]
    assert len(results) == len(asked["queries"])
    for result in results:
        assert result["decision"] in ("auto_accept", "manual_review")
        assert len(result["auto_accepted"] + result["manual_review"]) == asked["k"]


def test_each_start_has_a_sign_in_link_of_its_own_that_works_once(
    engine: Engine, settings: Settings, bundle: Bundle
) -> None:
    tokens = [
        sign_in_token(announcement(settings, engine, database_clock, bundle)) for _ in range(2)
    ]

    for token in tokens:
        session = access.redeem_sign_in_link(engine, database_clock, token, HOUR)
        actor = access.find_session(engine, database_clock, session)
        assert actor is not None
        assert (actor.name, actor.scopes) == ("demo", frozenset({"review"}))
        with pytest.raises(SignInLinkUsed):
            access.redeem_sign_in_link(engine, database_clock, token, HOUR)


def test_the_sign_in_link_lasts_as_long_as_the_settings_say(
    engine: Engine, settings: Settings, bundle: Bundle, clock: FakeClock
) -> None:
    brief = settings.model_copy(update={"sign_in_link_minutes": 2.0})
    token = sign_in_token(announcement(brief, engine, clock, bundle))

    clock.advance(121)

    with pytest.raises(SignInLinkUsed):
        access.redeem_sign_in_link(engine, clock, token, HOUR)


def test_all_addresses_can_be_opened_on_this_machine(
    engine: Engine, settings: Settings, bundle: Bundle
) -> None:
    everywhere = settings.model_copy(update={"host": "0.0.0.0", "port": 9009})

    text = announcement(everywhere, engine, database_clock, bundle)

    assert "0.0.0.0" not in text
    assert text.count("http://127.0.0.1:9009/") == 4
