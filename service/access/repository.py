"""SQL of keys, sign-in links and sessions."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, delete, insert, select, update

from service.access.tokens import ApiKey, digest
from service.clock import SqlClock
from service.database.tables import ApiKeyRow, SessionRow, SignInLinkRow


@dataclass(frozen=True, slots=True)
class StoredKey:
    """A key as the database knows it."""

    id: str
    name: str
    secret_sha256: bytes
    scopes: tuple[str, ...]
    created_at: datetime
    revoked_at: datetime | None


@dataclass(frozen=True, slots=True)
class Person:
    """Who may sign in or is signed in, and for what."""

    name: str
    scopes: tuple[str, ...]


def insert_key(
    connection: Connection, clock: SqlClock, key: ApiKey, name: str, scopes: Sequence[str]
) -> None:
    connection.execute(
        insert(ApiKeyRow).values(
            id=key.id,
            name=name,
            secret_sha256=digest(key.secret),
            scopes=list(scopes),
            created_at=clock(),
        )
    )


def find_key(connection: Connection, key_id: str) -> StoredKey | None:
    """Return the key with this id, revoked or not."""
    found = _keys(connection, only=key_id)
    return found[0] if found else None


def list_keys(connection: Connection) -> list[StoredKey]:
    """Return all keys, oldest first."""
    return _keys(connection)


def revoke_key(connection: Connection, clock: SqlClock, key_id: str) -> bool:
    """Return whether there was such a key that was not revoked yet."""
    statement = (
        update(ApiKeyRow)
        .where(ApiKeyRow.id == key_id, ApiKeyRow.revoked_at.is_(None))
        .values(revoked_at=clock())
    )
    return connection.execute(statement).rowcount == 1


def insert_link(
    connection: Connection, clock: SqlClock, token: str, person: Person, lasts: timedelta
) -> None:
    connection.execute(
        insert(SignInLinkRow).values(
            token_sha256=digest(token),
            person=person.name,
            scopes=list(person.scopes),
            created_at=clock(),
            expires_at=clock() + lasts,
        )
    )


def use_link(connection: Connection, clock: SqlClock, token: str) -> Person | None:
    """Mark the link as used; return its person, or None when it is unknown, used or too old."""
    statement = (
        update(SignInLinkRow)
        .where(
            SignInLinkRow.token_sha256 == digest(token),
            SignInLinkRow.used_at.is_(None),
            SignInLinkRow.expires_at > clock(),
        )
        .values(used_at=clock())
        .returning(SignInLinkRow.person, SignInLinkRow.scopes)
    )
    row = connection.execute(statement).one_or_none()
    return None if row is None else Person(row.person, tuple(row.scopes))


def insert_session(
    connection: Connection, clock: SqlClock, token: str, person: Person, lasts: timedelta
) -> None:
    """Add a session and forget those that have ended."""
    connection.execute(delete(SessionRow).where(SessionRow.expires_at <= clock()))
    connection.execute(
        insert(SessionRow).values(
            token_sha256=digest(token),
            person=person.name,
            scopes=list(person.scopes),
            created_at=clock(),
            expires_at=clock() + lasts,
        )
    )


def find_session(connection: Connection, clock: SqlClock, token: str) -> Person | None:
    """Return who is signed in with this token, or None when the session is unknown or ended."""
    statement = select(SessionRow.person, SessionRow.scopes).where(
        SessionRow.token_sha256 == digest(token), SessionRow.expires_at > clock()
    )
    row = connection.execute(statement).one_or_none()
    return None if row is None else Person(row.person, tuple(row.scopes))


def delete_session(connection: Connection, token: str) -> str | None:
    """Return the name of the person who was signed in with this token, if any."""
    statement = (
        delete(SessionRow)
        .where(SessionRow.token_sha256 == digest(token))
        .returning(SessionRow.person)
    )
    return connection.execute(statement).scalar_one_or_none()


def _keys(connection: Connection, *, only: str | None = None) -> list[StoredKey]:
    statement = select(
        ApiKeyRow.id,
        ApiKeyRow.name,
        ApiKeyRow.secret_sha256,
        ApiKeyRow.scopes,
        ApiKeyRow.created_at,
        ApiKeyRow.revoked_at,
    ).order_by(ApiKeyRow.created_at, ApiKeyRow.id)
    if only is not None:
        statement = statement.where(ApiKeyRow.id == only)
    return [
        StoredKey(
            row.id, row.name, row.secret_sha256, tuple(row.scopes), row.created_at, row.revoked_at
        )
        for row in connection.execute(statement)
    ]
