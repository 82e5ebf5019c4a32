from __future__ import annotations

import asyncio
import threading
from dataclasses import dataclass, field
from datetime import UTC, datetime

import pytest

from service.access import key_cache
from service.access.key_cache import KeyCache
from service.access.repository import StoredKey
from service.errors import DatabaseUnavailable

SECONDS = 10.0


@dataclass
class Keys:
    """Keys that can be looked up, while the database is there; counts the lookups."""

    known: dict[str, StoredKey] = field(default_factory=dict)
    away: bool = False
    lookups: int = 0
    now: float = 0.0
    looked_up_in: set[int] = field(default_factory=set)

    def find(self, key_id: str) -> StoredKey | None:
        self.lookups += 1
        self.looked_up_in.add(threading.get_ident())
        if self.away:
            raise DatabaseUnavailable
        return self.known.get(key_id)

    def add(self, key_id: str) -> StoredKey:
        created = datetime(2026, 1, 1, tzinfo=UTC)
        self.known[key_id] = StoredKey(key_id, "shop", b"", ("recommend",), created, None)
        return self.known[key_id]

    def cache(self) -> KeyCache:
        return KeyCache(self.find, SECONDS, lambda: self.now)


@pytest.fixture
def keys() -> Keys:
    return Keys()


def test_a_key_is_looked_up_once_in_a_while(keys: Keys) -> None:
    async def scenario() -> None:
        cache, key = keys.cache(), keys.add("a")
        assert [await cache.get("a") for _ in range(3)] == [key] * 3
        assert keys.lookups == 1
        keys.now = SECONDS
        assert await cache.get("a") == key
        assert keys.lookups == 2

    asyncio.run(scenario())


def test_a_revoked_key_ends_with_the_next_lookup(keys: Keys) -> None:
    async def scenario() -> None:
        cache, _ = keys.cache(), keys.add("a")
        await cache.get("a")
        keys.known.clear()
        keys.now = SECONDS - 0.1
        assert await cache.get("a") is not None
        keys.now = SECONDS
        assert await cache.get("a") is None
        keys.away = True
        with pytest.raises(DatabaseUnavailable):
            await cache.get("a")

    asyncio.run(scenario())


def test_a_key_made_after_a_failed_try_works_at_once(keys: Keys) -> None:
    async def scenario() -> None:
        cache = keys.cache()
        assert await cache.get("a") is None
        key = keys.add("a")
        assert await cache.get("a") == key

    asyncio.run(scenario())


def test_a_known_key_outlives_a_database_that_is_away(keys: Keys) -> None:
    async def scenario() -> None:
        cache, key = keys.cache(), keys.add("a")
        await cache.get("a")
        keys.away = True
        keys.now = 100 * SECONDS
        assert await cache.get("a") == key
        assert await cache.get("a") == key
        assert keys.lookups == 2  # and the database is not asked for every request

    asyncio.run(scenario())


def test_an_unseen_key_cannot_be_judged_without_the_database(keys: Keys) -> None:
    keys.away = True
    with pytest.raises(DatabaseUnavailable):
        asyncio.run(keys.cache().get("a"))


def test_requests_that_arrive_together_share_a_lookup_off_the_loop(keys: Keys) -> None:
    async def scenario() -> None:
        cache, key = keys.cache(), keys.add("a")
        found = await asyncio.gather(*(cache.get("a") for _ in range(20)))
        assert found == [key] * 20
        assert keys.lookups == 1
        assert threading.get_ident() not in keys.looked_up_in

    asyncio.run(scenario())


def test_a_request_that_goes_away_does_not_end_the_lookup_of_others(keys: Keys) -> None:
    async def scenario() -> None:
        cache, key = keys.cache(), keys.add("a")
        first = asyncio.create_task(cache.get("a"))
        second = asyncio.create_task(cache.get("a"))
        await asyncio.sleep(0)
        first.cancel()
        assert await second == key
        with pytest.raises(asyncio.CancelledError):
            await first

    asyncio.run(scenario())


def test_the_memory_is_limited(keys: Keys, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(key_cache, "MAX_ENTRIES", 2)

    async def scenario() -> None:
        cache = keys.cache()
        for key_id in ("a", "b", "c"):
            keys.add(key_id)
            await cache.get(key_id)
        await cache.get("c")
        assert keys.lookups == 3
        await cache.get("a")
        assert keys.lookups == 4

    asyncio.run(scenario())
