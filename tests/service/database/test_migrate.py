from __future__ import annotations

import threading

import pytest
from alembic import command
from sqlalchemy import Connection, Engine, inspect, text
from sqlalchemy.exc import IntegrityError

from service.database.engine import transaction
from service.database.migrate import alembic_config, migrate
from service.database.tables import Base

COLUMNS = """
select table_name, column_name, udt_name, is_nullable, column_default, identity_generation
from information_schema.columns
where table_schema = 'public' and table_name <> 'alembic_version'
"""
CONSTRAINTS = """
select conname, conrelid::regclass::text, pg_get_constraintdef(oid)
from pg_constraint where connamespace = 'public'::regnamespace and contype <> 'n'
and conname not like 'alembic%'
"""
INDEXES = """
select indexname, indexdef from pg_indexes
where schemaname = 'public' and tablename <> 'alembic_version'
"""
ENUMS = """
select typname, enumlabel, enumsortorder from pg_enum join pg_type on pg_type.oid = enumtypid
"""


def _schema(connection: Connection) -> list[set[tuple[object, ...]]]:
    questions = (COLUMNS, CONSTRAINTS, INDEXES, ENUMS)
    return [{tuple(row) for row in connection.execute(text(sql))} for sql in questions]


def _migrated_schema(engine: Engine) -> list[set[tuple[object, ...]]]:
    migrate(engine)
    with transaction(engine) as connection:
        return _schema(connection)


def test_migrations_lead_to_exactly_the_declared_tables(empty_database: Engine) -> None:
    migrated = _migrated_schema(empty_database)
    with transaction(empty_database) as connection:
        command.downgrade(alembic_config(connection), "base")
        Base.metadata.create_all(connection)
        assert _schema(connection) == migrated


def test_alembic_sees_nothing_left_to_migrate(empty_database: Engine) -> None:
    migrate(empty_database)
    with transaction(empty_database) as connection:
        command.check(alembic_config(connection))


def test_downgrade_leaves_no_table_and_no_type(empty_database: Engine) -> None:
    migrate(empty_database)
    with transaction(empty_database) as connection:
        command.downgrade(alembic_config(connection), "base")
        assert inspect(connection).get_table_names() == ["alembic_version"]
        assert connection.execute(text(ENUMS)).all() == []
    migrate(empty_database)


OLD_DECISION = """
insert into decisions (id, decision, source, query_key, text, bundle_id, product_id, score,
  target_precision, threshold, created_at)
values (gen_random_uuid(), 'auto_accept', 'shop', '\\x00', 'iphone', 'b', 'p0', 0.97,
  0.95, 0.9, now())
"""


def test_decisions_made_before_probabilities_stay_without_one(empty_database: Engine) -> None:
    migrate(empty_database, "0001")
    with transaction(empty_database) as connection:
        connection.execute(text(OLD_DECISION))
    migrate(empty_database)
    with transaction(empty_database) as connection:
        stored = connection.execute(text("select score, probability from decisions")).all()
        assert [tuple(row) for row in stored] == [(0.97, None)]
        command.downgrade(alembic_config(connection), "0001")
        assert connection.execute(text("select score from decisions")).scalar_one() == 0.97


@pytest.mark.parametrize("impossible", [-0.1, 1.1, float("nan")])
def test_no_decision_has_an_impossible_probability(
    empty_database: Engine, impossible: float
) -> None:
    migrate(empty_database)
    change = text("update decisions set probability = :given")
    with transaction(empty_database) as connection:
        connection.execute(text(OLD_DECISION))
        connection.execute(change, {"given": 1.0})
        with pytest.raises(IntegrityError, match="probability_is_possible"):
            connection.execute(change, {"given": impossible})


def test_replicas_that_start_at_once_migrate_once(empty_database: Engine) -> None:
    errors: list[BaseException] = []

    def start() -> None:
        try:
            migrate(empty_database)
        except Exception as error:  # noqa: BLE001 - the test reports whatever happened
            errors.append(error)

    replicas = [threading.Thread(target=start) for _ in range(4)]
    for replica in replicas:
        replica.start()
    for replica in replicas:
        replica.join()
    assert errors == []
