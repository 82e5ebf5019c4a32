from __future__ import annotations

import re
import threading

from sqlalchemy import Engine, select

from service.access.pseudonyms import Pseudonyms, read_pseudonyms
from service.database.engine import transaction
from service.database.tables import InstallationKeyRow
from tests.service.conftest import FakeClock


def test_a_person_has_one_pseudonym_that_does_not_lead_back() -> None:
    people = Pseudonyms(b"k" * 32)
    assert people.of("ann") == people.of("ann") != people.of("bob")
    assert re.fullmatch(r"person-[0-9a-f]{16}", people.of("ann"))
    assert Pseudonyms(b"other" * 8).of("ann") != people.of("ann")
    assert "kkk" not in repr(people)


def test_all_replicas_have_the_same_key_even_when_they_need_it_at_once(
    engine: Engine, clock: FakeClock
) -> None:
    seen: list[str] = []

    def look() -> None:
        with transaction(engine) as connection:
            seen.append(read_pseudonyms(connection, clock).of("ann"))

    replicas = [threading.Thread(target=look) for _ in range(4)]
    for replica in replicas:
        replica.start()
    for replica in replicas:
        replica.join()
    assert len(seen) == 4
    assert len(set(seen)) == 1
    with engine.connect() as connection:
        (key,) = connection.execute(select(InstallationKeyRow.key)).scalars()
    assert len(key) == 32
