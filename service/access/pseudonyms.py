"""Names for people that are the same everywhere in an installation and lead nowhere else."""

from __future__ import annotations

import hmac
import secrets
from dataclasses import dataclass, field

from sqlalchemy import Connection, select
from sqlalchemy.dialects.postgresql import insert

from service.clock import SqlClock
from service.database.tables import InstallationKeyRow

PURPOSE = "pseudonyms"
KEY_BYTES = 32
SHOWN = 16  # hexadecimal digits, 64 bits: no two people of an installation have the same


@dataclass(frozen=True, slots=True)
class Pseudonyms:
    """HMAC-SHA256 of a name under the installation's key, which nobody outside has."""

    key: bytes = field(repr=False)

    def of(self, name: str) -> str:
        digest = hmac.digest(self.key, name.encode(), "sha256")
        return f"person-{digest.hex()[:SHOWN]}"


def read_pseudonyms(connection: Connection, clock: SqlClock) -> Pseudonyms:
    """Return the pseudonyms of this installation; the first call of all makes their key."""
    query = select(InstallationKeyRow.key).where(InstallationKeyRow.purpose == PURPOSE)
    key = connection.execute(query).scalar_one_or_none()
    if key is None:
        statement = insert(InstallationKeyRow).values(
            purpose=PURPOSE, key=secrets.token_bytes(KEY_BYTES), created_at=clock()
        )
        # Where another replica makes one at the same time, this waits for it and takes that.
        connection.execute(statement.on_conflict_do_nothing())
        key = connection.execute(query).scalar_one()
    return Pseudonyms(bytes(key))
