"""The database of the settings: a server of one's own, or the embedded one."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

from sqlalchemy import Engine

from service.database.embedded import embedded_database
from service.database.engine import open_engine, parse_url, require_utf8
from service.database.migrate import migrate
from service.settings import Settings

EMBEDDED_DIRECTORY = "postgres"


@contextmanager
def open_database(settings: Settings) -> Iterator[Engine]:
    """Yield an engine on an up-to-date schema; what was started is stopped afterwards.

    Raises ConfigurationError or DatabaseUnavailable.
    """
    with ExitStack() as stack:
        if settings.database_url is None:
            directory = settings.state_dir / EMBEDDED_DIRECTORY
            url = stack.enter_context(embedded_database(directory))
        else:
            url = parse_url(settings.database_url.get_secret_value())
        engine = open_engine(
            url,
            pool_size=settings.database_pool_size,
            timeout_seconds=settings.database_timeout_seconds,
        )
        stack.callback(engine.dispose)
        require_utf8(engine, url.database)
        migrate(engine)
        yield engine
