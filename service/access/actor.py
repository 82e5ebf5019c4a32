"""Who calls, and what they may do."""

from __future__ import annotations

import enum
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal


class Scope(enum.StrEnum):
    """What a key or a person may do; `admin` includes the others."""

    RECOMMEND = "recommend"
    REVIEW = "review"
    ADMIN = "admin"


@dataclass(frozen=True, slots=True)
class Actor:
    """An authenticated caller; `name` is the source of its queries and the author of its verdicts.

    `csrf_token` is what the pages of a session must send back; a key needs none.
    """

    name: str
    scopes: frozenset[str]
    via: Literal["key", "session"]
    csrf_token: str | None = None

    def may(self, scope: Scope) -> bool:
        return scope in self.scopes or Scope.ADMIN in self.scopes


def known_scopes(names: Iterable[str]) -> list[str]:
    """Return the names, checked and in a stable order; raise ValueError for an unknown one."""
    return sorted({Scope(name).value for name in names})
