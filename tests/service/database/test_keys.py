from __future__ import annotations

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine, LargeBinary, column, select, values

from service.database.engine import transaction
from service.database.keys import KEY_BYTES, is_key_in, joined

keys = st.binary(min_size=KEY_BYTES, max_size=KEY_BYTES)


@given(st.sets(keys, max_size=20), st.sets(keys, max_size=20))
@settings(
    deadline=None, max_examples=50, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_exactly_the_given_keys_are_found(
    shared_engine: Engine, asked: set[bytes], others: set[bytes]
) -> None:
    stored = sorted(asked | others)
    table = values(column("key", LargeBinary()), name="stored").data([(one,) for one in stored])
    query = select(table.c.key).where(is_key_in("keys", table.c.key))
    with transaction(shared_engine) as connection:
        found = (
            {bytes(one) for one in connection.execute(query, {"keys": joined(asked)}).scalars()}
            if stored
            else set()
        )
    assert found == asked
