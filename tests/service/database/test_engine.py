from __future__ import annotations

import time
from collections.abc import Callable

import pytest
from sqlalchemy import URL, Connection, Engine, text

from models.errors import ConfigurationError
from service.database.engine import database_answers, open_engine, parse_url, transaction
from service.errors import DatabaseUnavailable


@pytest.mark.parametrize("scheme", ["postgres", "postgresql", "postgresql+psycopg"])
def test_the_driver_is_filled_in(scheme: str) -> None:
    url = parse_url(f"{scheme}://ann:secret@db:5433/alc")
    assert url.drivername == "postgresql+psycopg"
    assert (url.host, url.port, url.password) == ("db", 5433, "secret")


@pytest.mark.parametrize("wrong", ["mysql://db/alc", "db:5432", ""])
def test_another_kind_of_database_is_refused(wrong: str) -> None:
    with pytest.raises(ConfigurationError, match="DATABASE_URL"):
        parse_url(wrong)


def test_a_transaction_commits_on_return_and_rolls_back_on_error(empty_database: Engine) -> None:
    with transaction(empty_database) as connection:
        connection.execute(text("create table kept (id int)"))
    with pytest.raises(DatabaseUnavailable), transaction(empty_database) as connection:
        _insert_and_fail(connection)
    with transaction(empty_database) as connection:
        assert connection.execute(text("select count(*) from kept")).scalar_one() == 0


def _insert_and_fail(connection: Connection) -> None:
    connection.execute(text("insert into kept values (1)"))
    raise DatabaseUnavailable


def test_a_statement_that_takes_too_long_is_ended(postgres_url: URL) -> None:
    engine = open_engine(postgres_url, pool_size=1, timeout_seconds=0.2)
    started = time.monotonic()
    with pytest.raises(DatabaseUnavailable), transaction(engine) as connection:
        connection.execute(text("select pg_sleep(5)"))
    assert time.monotonic() - started < 2
    engine.dispose()


def test_a_pool_in_use_is_not_waited_for_long(postgres_url: URL) -> None:
    engine = open_engine(postgres_url, pool_size=1, timeout_seconds=0.2)
    with transaction(engine), pytest.raises(DatabaseUnavailable), transaction(engine):
        pass
    engine.dispose()


def test_options_of_the_url_are_kept(postgres_url: URL) -> None:
    url = postgres_url.update_query_dict({"options": "-c application_name=shop"})
    engine = open_engine(url, pool_size=1, timeout_seconds=3)
    with transaction(engine) as connection:
        assert connection.execute(text("show application_name")).scalar_one() == "shop"
        assert connection.execute(text("show statement_timeout")).scalar_one() == "3s"
    engine.dispose()


def test_a_stopped_server_is_unavailable_at_once(
    stoppable_database: tuple[Engine, Callable[[], None]],
) -> None:
    engine, stop = stoppable_database
    assert database_answers(engine)
    with engine.connect():
        stop()
        started = time.monotonic()
        assert not database_answers(engine)
        assert time.monotonic() - started < 2
