"""What must work before the service can answer."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from sqlalchemy import Engine

from service.database.engine import database_answers
from service.errors import DatabaseUnavailable
from service.validation_codes import ErrorDetail

Check = Callable[[], ErrorDetail | None]  # returns what fails; may block


def database_check(engine: Engine) -> Check:
    """Return a check that asks the database a trivial question."""

    def check() -> ErrorDetail | None:
        if database_answers(engine):
            return None
        return ErrorDetail(code=DatabaseUnavailable.code, detail="The database does not answer")

    return check


def failures(checks: Sequence[Check]) -> list[ErrorDetail]:
    """Return what fails now, in the order of the checks."""
    results = [check() for check in checks]
    return [result for result in results if result is not None]
