from __future__ import annotations

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import BigInteger, Column, DateTime, Double, Engine, LargeBinary, Text, Uuid, select
from sqlalchemy.dialects.postgresql import JSONB

from service.database.engine import transaction
from service.database.recordset import as_json, recordset

COLUMNS: list[Column[Any]] = [
    Column("a", Text()),
    Column("b", LargeBinary()),
    Column("c", Double()),
    Column("d", JSONB()),
    Column("e", Uuid()),
    Column("f", BigInteger()),
    Column("g", DateTime(timezone=True)),
]
STATEMENT = select(recordset("rows", COLUMNS))

texts = st.text(st.characters(codec="utf-8", exclude_characters="\0"))
rows = st.fixed_dictionaries(
    {
        "a": st.none() | texts,
        "b": st.none() | st.binary(),
        "c": st.none() | st.floats(allow_nan=False, allow_infinity=False),
        "d": st.dictionaries(texts, texts, max_size=3),
        "e": st.none() | st.uuids(),
        "f": st.integers(-(2**63), 2**63 - 1),
        "g": st.none() | st.just(datetime(2026, 1, 1, tzinfo=UTC)),
    }
)


@given(st.lists(rows, max_size=5))
@settings(
    deadline=None, max_examples=50, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_rows_arrive_as_they_were_given(shared_engine: Engine, rows: list[dict[str, Any]]) -> None:
    with transaction(shared_engine) as connection:
        found = connection.execute(STATEMENT, {"rows": as_json(rows)}).mappings().all()
    assert [dict(row) for row in found] == rows


def test_what_has_no_json_form_is_refused() -> None:
    with pytest.raises(TypeError):
        as_json([{"a": UUID(int=1), "b": object()}])
