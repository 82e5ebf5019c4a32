from __future__ import annotations

import pytest
from pydantic import SecretStr
from sqlalchemy import URL, create_engine, inspect, text
from sqlalchemy.pool import QueuePool

from models.errors import ConfigurationError
from service.database.engine import transaction
from service.database.opening import open_database
from service.settings import Settings
from tests.service.conftest import create_database


def test_a_database_of_ones_own_is_migrated_and_limited_as_set(
    postgres_url: URL, worker_id: str
) -> None:
    url = create_database(postgres_url, f"own_{worker_id}").set(drivername="postgres")
    settings = Settings(
        database_url=SecretStr(url.render_as_string(hide_password=False)),
        database_pool_size=3,
        database_timeout_seconds=2,
    )
    with open_database(settings) as engine, transaction(engine) as connection:
        assert "review_tasks" in inspect(connection).get_table_names()
        assert connection.execute(text("show statement_timeout")).scalar_one() == "2s"
        assert isinstance(engine.pool, QueuePool)
        assert engine.pool.size() == 3


def test_another_kind_of_database_is_refused() -> None:
    settings = Settings(database_url=SecretStr("sqlite:///x"))
    with pytest.raises(ConfigurationError, match="postgresql"), open_database(settings):
        pass


@pytest.mark.parametrize("encoding", ["SQL_ASCII", "LATIN1"])
def test_a_database_that_cannot_hold_every_text_is_refused(
    postgres_url: URL, worker_id: str, encoding: str
) -> None:
    url = postgres_url.set(database=f"{encoding.lower()}_{worker_id}")
    administration = create_engine(postgres_url, isolation_level="AUTOCOMMIT")
    with administration.connect() as connection:
        connection.execute(text(f"drop database if exists {url.database} with (force)"))
        options = f"encoding '{encoding}' locale 'C' template template0"
        connection.execute(text(f"create database {url.database} {options}"))
    administration.dispose()
    settings = Settings(database_url=SecretStr(url.render_as_string(hide_password=False)))
    with pytest.raises(ConfigurationError, match=f"{encoding}.*UTF8"), open_database(settings):
        pass
