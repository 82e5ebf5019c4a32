"""Secrets: how they look, how they are hashed, how they are compared."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from dataclasses import dataclass
from typing import Self

PREFIX = "alc"
ID_BYTES = 6
SECRET_BYTES = 32


@dataclass(frozen=True, slots=True)
class ApiKey:
    """`alc_<id>_<secret>`: the id is public and finds the row, the secret is never stored."""

    id: str
    secret: str

    @classmethod
    def random(cls) -> Self:
        return cls(secrets.token_hex(ID_BYTES), secrets.token_urlsafe(SECRET_BYTES))

    @classmethod
    def parse(cls, text: str) -> Self | None:
        """Return the parts of a key, or None when the text does not look like one."""
        prefix, _, rest = text.partition("_")
        key_id, _, secret = rest.partition("_")
        if prefix != PREFIX or not secret or not _is_id(key_id):
            return None
        return cls(key_id, secret)

    def __str__(self) -> str:
        return f"{PREFIX}_{self.id}_{self.secret}"

    def __repr__(self) -> str:
        return f"ApiKey(id={self.id!r})"


def random_token() -> str:
    """Return 256 random bits that can stand in a URL or a cookie."""
    return secrets.token_urlsafe(SECRET_BYTES)


def digest(secret: str) -> bytes:
    """Return the SHA-256 of a secret.

    Plain SHA-256 suffices: the secrets are random and long, so that there is nothing to guess.
    """
    return hashlib.sha256(secret.encode()).digest()


def matches(secret: str, expected: bytes) -> bool:
    """Return whether the secret has this digest, in constant time."""
    return hmac.compare_digest(digest(secret), expected)


def csrf_token(session_token: str) -> str:
    """Return what the pages of a session send back; it does not reveal the session's token."""
    return hmac.new(session_token.encode(), b"csrf", hashlib.sha256).hexdigest()


def csrf_matches(session_token: str, given: str) -> bool:
    """Return whether `given` is the token of this session's pages, in constant time."""
    return hmac.compare_digest(csrf_token(session_token).encode(), given.encode())


def _is_id(text: str) -> bool:
    return len(text) == 2 * ID_BYTES and all(letter in "0123456789abcdef" for letter in text)
