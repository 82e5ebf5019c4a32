"""Keys seen lately, so that a request needs no query and outlives a database that is away."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass

from service.access.repository import StoredKey
from service.errors import DatabaseUnavailable

MAX_ENTRIES = 10_000

FindKey = Callable[[str], StoredKey | None]
MonotonicClock = Callable[[], float]


@dataclass(frozen=True, slots=True)
class _Entry:
    key: StoredKey
    fresh_until: float


class KeyCache:
    """Looks keys up by id, each at most once in `seconds`, never on the event loop.

    All methods belong to one event loop; `find_key` runs in a thread and may block.
    """

    def __init__(self, find_key: FindKey, seconds: float, clock: MonotonicClock) -> None:
        self._find_key = find_key
        self._seconds = seconds
        self._clock = clock
        self._entries: dict[str, _Entry] = {}
        self._lookups: dict[str, asyncio.Task[StoredKey | None]] = {}

    async def get(self, key_id: str) -> StoredKey | None:
        """Return the key, or None when there is none that may be used.

        While the database is away a key keeps the state it was last seen in; for a key never
        seen DatabaseUnavailable is raised.
        """
        entry = self._entries.get(key_id)
        if entry is not None and self._clock() < entry.fresh_until:
            return entry.key
        # Requests that arrive during a lookup share it; one that goes away does not end it.
        return await asyncio.shield(self._lookups.get(key_id) or self._start_lookup(key_id))

    def _start_lookup(self, key_id: str) -> asyncio.Task[StoredKey | None]:
        task = asyncio.create_task(self._look_up(key_id))
        self._lookups[key_id] = task
        task.add_done_callback(lambda _: self._lookups.pop(key_id, None))
        return task

    async def _look_up(self, key_id: str) -> StoredKey | None:
        try:
            key = await asyncio.to_thread(self._find_key, key_id)
        except DatabaseUnavailable:
            seen = self._entries.get(key_id)
            if seen is None:
                raise
            key = seen.key
        self._remember(key_id, key)
        return key

    def _remember(self, key_id: str, key: StoredKey | None) -> None:
        """Keep keys only: there is no end of ids that are no key."""
        self._entries.pop(key_id, None)
        if key is None:
            return
        if len(self._entries) >= MAX_ENTRIES:
            self._entries.pop(next(iter(self._entries)))
        self._entries[key_id] = _Entry(key, self._clock() + self._seconds)
