from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import Engine, select

from models.errors import ConfigurationError
from service.access import service
from service.access.actor import Actor, Scope
from service.access.repository import StoredKey
from service.access.service import SignInLinkUsed
from service.access.tokens import ApiKey, csrf_token, digest
from service.database.engine import transaction
from service.database.tables import ApiKeyRow, EventRow, SessionRow, SignInLinkRow
from service.errors import ScopeMissing, Unauthenticated
from tests.service.conftest import FakeClock

KEY = ApiKey("0123456789ab", "secret")
QUARTER = timedelta(minutes=15)
DAY = timedelta(hours=24)


def _create(engine: Engine, clock: FakeClock, *scopes: str) -> ApiKey:
    service.create_key(engine, clock, KEY, "shop", list(scopes), by="ann")
    return KEY


def _link(engine: Engine, clock: FakeClock) -> str:
    return service.create_sign_in_link(engine, clock, "bob", ["review"], QUARTER, by="ann")


def _events(engine: Engine) -> list[tuple[str, str, str]]:
    statement = select(EventRow.subject, EventRow.kind, EventRow.actor).order_by(EventRow.id)
    with transaction(engine) as connection:
        return [(row.subject, row.kind, row.actor) for row in connection.execute(statement)]


def test_a_stored_key_can_be_found_but_not_its_secret(engine: Engine, clock: FakeClock) -> None:
    _create(engine, clock, "review", "recommend")
    scopes = ("recommend", "review")
    expected = StoredKey(KEY.id, "shop", digest("secret"), scopes, clock.now, None)
    assert service.find_key(engine, KEY.id) == expected
    with transaction(engine) as connection:
        (row,) = connection.execute(select(ApiKeyRow.__table__))
    assert "secret" not in map(str, row)


@pytest.mark.parametrize(
    ("name", "scopes"),
    [("shop", ["everything"]), ("shop", []), ("  ", ["review"]), ("team:shop", ["review"])],
)
def test_a_key_needs_a_name_that_no_team_has_and_known_scopes(
    engine: Engine, clock: FakeClock, name: str, scopes: list[str]
) -> None:
    with pytest.raises(ConfigurationError):
        service.create_key(engine, clock, KEY, name, scopes, by="ann")
    assert service.list_keys(engine) == []


def test_a_revoked_key_is_listed_but_not_found(engine: Engine, clock: FakeClock) -> None:
    _create(engine, clock, "review")
    service.revoke_key(engine, clock, KEY.id, by="eve")
    assert service.find_key(engine, KEY.id) is None
    assert [key.revoked_at for key in service.list_keys(engine)] == [clock.now]
    assert _events(engine) == [("api_key", "created", "ann"), ("api_key", "revoked", "eve")]


def test_revoking_what_is_not_there_is_said(engine: Engine, clock: FakeClock) -> None:
    _create(engine, clock, "review")
    service.revoke_key(engine, clock, KEY.id, by="ann")
    for key_id in (KEY.id, "ffffffffffff"):
        with pytest.raises(ConfigurationError, match=key_id):
            service.revoke_key(engine, clock, key_id, by="ann")
    assert len(_events(engine)) == 2


def test_a_link_signs_in_once(engine: Engine, clock: FakeClock) -> None:
    token = _link(engine, clock)
    session = service.redeem_sign_in_link(engine, clock, token, DAY)
    expected = Actor("bob", frozenset({"review"}), "session", csrf_token(session))
    assert service.find_session(engine, clock, session) == expected
    with pytest.raises(SignInLinkUsed):
        service.redeem_sign_in_link(engine, clock, token, DAY)
    assert _events(engine) == [
        ("sign_in_link", "created", "ann"),
        ("sign_in_link", "used", "bob"),
        ("session", "created", "bob"),
    ]


def test_a_link_expires(engine: Engine, clock: FakeClock) -> None:
    token = _link(engine, clock)
    clock.advance(QUARTER.total_seconds())
    with pytest.raises(SignInLinkUsed):
        service.redeem_sign_in_link(engine, clock, token, DAY)


def test_an_invented_link_does_nothing(engine: Engine, clock: FakeClock) -> None:
    with pytest.raises(SignInLinkUsed):
        service.redeem_sign_in_link(engine, clock, "invented", DAY)
    assert _events(engine) == []


def test_tokens_are_stored_as_digests_only(engine: Engine, clock: FakeClock) -> None:
    token = _link(engine, clock)
    session = service.redeem_sign_in_link(engine, clock, token, DAY)
    with transaction(engine) as connection:
        assert connection.execute(select(SignInLinkRow.token_sha256)).scalar() == digest(token)
        assert connection.execute(select(SessionRow.token_sha256)).scalar() == digest(session)
        details = connection.execute(select(EventRow.__table__)).all()
    assert token not in str(details)
    assert session not in str(details)


def test_a_session_ends_after_its_time(engine: Engine, clock: FakeClock) -> None:
    session = service.redeem_sign_in_link(engine, clock, _link(engine, clock), DAY)
    clock.advance(DAY.total_seconds() - 1)
    assert service.find_session(engine, clock, session) is not None
    clock.advance(1)
    assert service.find_session(engine, clock, session) is None


def test_sessions_that_have_ended_are_forgotten(engine: Engine, clock: FakeClock) -> None:
    service.redeem_sign_in_link(engine, clock, _link(engine, clock), DAY)
    clock.advance(DAY.total_seconds())
    session = service.redeem_sign_in_link(engine, clock, _link(engine, clock), DAY)
    with transaction(engine) as connection:
        assert connection.execute(select(SessionRow.token_sha256)).all() == [(digest(session),)]


def test_signing_out_ends_the_session_and_can_be_repeated(engine: Engine, clock: FakeClock) -> None:
    session = service.redeem_sign_in_link(engine, clock, _link(engine, clock), DAY)
    service.sign_out(engine, clock, session)
    service.sign_out(engine, clock, session)
    assert service.find_session(engine, clock, session) is None
    assert _events(engine)[3:] == [("session", "ended", "bob")]


def test_a_key_signs_in_under_its_name(engine: Engine, clock: FakeClock) -> None:
    key = _create(engine, clock, "admin")
    session = service.sign_in_with_key(engine, clock, f" {key}\n", DAY)
    actor = service.find_session(engine, clock, session)
    assert actor is not None
    assert actor.name == "shop"
    assert actor.may(Scope.REVIEW)


def test_a_key_that_allows_nothing_on_pages_does_not_sign_in(
    engine: Engine, clock: FakeClock
) -> None:
    key = _create(engine, clock, "recommend")
    with pytest.raises(ScopeMissing):
        service.sign_in_with_key(engine, clock, str(key), DAY)


@pytest.mark.parametrize("text", ["", "nonsense", f"alc_{KEY.id}_wrong", "alc_ffffffffffff_x"])
def test_a_wrong_key_does_not_sign_in(engine: Engine, clock: FakeClock, text: str) -> None:
    _create(engine, clock, "review")
    with pytest.raises(Unauthenticated):
        service.sign_in_with_key(engine, clock, text, DAY)
