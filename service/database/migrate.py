"""Bring the schema up to date; safe when several replicas start at once."""

from __future__ import annotations

from pathlib import Path

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection, Engine, text

from service.database.engine import transaction

MIGRATIONS = Path(__file__).parent / "migrations"
LOCK_KEY = 6_012_954_214  # any number, the same in every replica


def migrate(engine: Engine, revision: str = "head") -> None:
    """Upgrade to `revision` in one transaction; replicas wait for each other.

    Raises DatabaseUnavailable when the database does not answer.
    """
    with transaction(engine) as connection:
        connection.execute(text("set local statement_timeout = 0"))
        connection.execute(text("select pg_advisory_xact_lock(:key)"), {"key": LOCK_KEY})
        command.upgrade(alembic_config(connection), revision)


def alembic_config(connection: Connection) -> Config:
    """Return a configuration that works from an installed wheel, without alembic.ini."""
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    config.attributes["connection"] = connection
    return config
