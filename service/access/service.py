"""Rules of access: keys, one-time sign-in links, sessions. Every change leaves an event."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import Engine

from models.errors import ConfigurationError
from service.access import repository
from service.access.actor import Actor, Scope, known_scopes
from service.access.repository import Person, StoredKey
from service.access.tokens import ApiKey, csrf_token, digest, matches, random_token
from service.clock import SqlClock
from service.database.engine import transaction
from service.database.events import Event, record
from service.errors import ScopeMissing, ServiceError, Unauthenticated
from service.review.sql import TEAM

PAGE_SCOPES = (Scope.REVIEW, Scope.ADMIN)  # what one can do on pages
ID_LETTERS = 12  # of a digest, enough to tell links and sessions apart in the journal


class SignInLinkUsed(ServiceError):
    """The sign-in link was used, is too old or never was; ask for a new one."""

    status, code = 410, "sign_in_link_used"


def create_key(
    engine: Engine, clock: SqlClock, key: ApiKey, name: str, scopes: list[str], *, by: str
) -> None:
    """Store a key; `name` becomes the source of its queries.

    Raises ConfigurationError for an unknown scope or an empty name.
    """
    person = _checked(name, scopes)
    with transaction(engine) as connection:
        repository.insert_key(connection, clock, key, person.name, person.scopes)
        details = {"name": person.name, "scopes": list(person.scopes)}
        record(connection, clock, [Event("api_key", key.id, "created", by, details)])


def list_keys(engine: Engine) -> list[StoredKey]:
    """Return all keys, oldest first, revoked ones too."""
    with transaction(engine) as connection:
        return repository.list_keys(connection)


def revoke_key(engine: Engine, clock: SqlClock, key_id: str, *, by: str) -> None:
    """End a key; running services notice within their `key_cache_seconds`.

    Raises ConfigurationError when there is no such key or it is revoked already.
    """
    with transaction(engine) as connection:
        if not repository.revoke_key(connection, clock, key_id):
            raise ConfigurationError(
                f"There is no key {key_id!r} to revoke; 'alc-serve keys list' shows all keys."
            )
        record(connection, clock, [Event("api_key", key_id, "revoked", by)])


def find_key(engine: Engine, key_id: str) -> StoredKey | None:
    """Return a key that may be used, or None."""
    with transaction(engine) as connection:
        key = repository.find_key(connection, key_id)
    return None if key is None or key.revoked_at is not None else key


def create_sign_in_link(
    engine: Engine,
    clock: SqlClock,
    name: str,
    scopes: list[str],
    lasts: timedelta,
    *,
    by: str,
) -> str:
    """Return the token of a link that signs in `name`, once.

    Raises ConfigurationError for an unknown scope or an empty name.
    """
    person, token = _checked(name, scopes), random_token()
    with transaction(engine) as connection:
        repository.insert_link(connection, clock, token, person, lasts)
        details = {"person": person.name, "scopes": list(person.scopes)}
        record(connection, clock, [Event("sign_in_link", _short(token), "created", by, details)])
    return token


def redeem_sign_in_link(engine: Engine, clock: SqlClock, token: str, lasts: timedelta) -> str:
    """Use up the link and return the token of a new session.

    Raises SignInLinkUsed when the link cannot be used (any more).
    """
    with transaction(engine) as connection:
        person = repository.use_link(connection, clock, token)
        if person is None:
            raise SignInLinkUsed
        session = random_token()
        repository.insert_session(connection, clock, session, person, lasts)
        events = [
            Event("sign_in_link", _short(token), "used", person.name),
            Event("session", _short(session), "created", person.name, {"with": "link"}),
        ]
        record(connection, clock, events)
    return session


def sign_in_with_key(engine: Engine, clock: SqlClock, text: str, lasts: timedelta) -> str:
    """Return the token of a new session of the key's name.

    Raises Unauthenticated for an unknown key, ScopeMissing when it allows nothing on pages.
    """
    given = ApiKey.parse(text.strip())
    stored = None if given is None else find_key(engine, given.id)
    if given is None or stored is None or not matches(given.secret, stored.secret_sha256):
        raise Unauthenticated
    if not set(stored.scopes) & set(PAGE_SCOPES):
        raise ScopeMissing
    session = random_token()
    with transaction(engine) as connection:
        person = Person(stored.name, stored.scopes)
        repository.insert_session(connection, clock, session, person, lasts)
        details = {"with": "key", "key_id": stored.id}
        record(
            connection,
            clock,
            [Event("session", _short(session), "created", person.name, details)],
        )
    return session


def find_session(engine: Engine, clock: SqlClock, token: str) -> Actor | None:
    """Return who is signed in with this token, or None."""
    with transaction(engine) as connection:
        person = repository.find_session(connection, clock, token)
    if person is None:
        return None
    return Actor(person.name, frozenset(person.scopes), "session", csrf_token(token))


def sign_out(engine: Engine, clock: SqlClock, token: str) -> None:
    """End a session; one that has ended already is no error."""
    with transaction(engine) as connection:
        person = repository.delete_session(connection, token)
        if person is not None:
            record(connection, clock, [Event("session", _short(token), "ended", person)])


def _checked(name: str, scopes: list[str]) -> Person:
    if not name.strip():
        raise ConfigurationError("The name is empty; it says who asks or who answers.")
    if name.strip().startswith(TEAM):
        raise ConfigurationError(
            f"A name cannot begin with {TEAM!r}: tasks are assigned so to teams."
        )
    if not scopes:
        raise ConfigurationError(f"Give at least one scope of: {', '.join(Scope)}.")
    try:
        return Person(name.strip(), tuple(known_scopes(scopes)))
    except ValueError as error:
        raise ConfigurationError(f"{error}; the scopes are: {', '.join(Scope)}.") from error


def _short(token: str) -> str:
    return digest(token).hex()[:ID_LETTERS]
