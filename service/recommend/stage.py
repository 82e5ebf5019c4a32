"""A thread that works on what has gathered while it was busy."""

from __future__ import annotations

import threading
from collections.abc import Callable
from queue import Empty, SimpleQueue
from typing import Generic, TypeVar

Item = TypeVar("Item")


class Stage(Generic[Item]):
    """Takes items in their order, as many at once as wait and fit, and never waits for more.

    `fits(batch, item)` says whether the item may join the batch; one item always makes a batch.
    `work(batch)` must answer for all that can go wrong with its items: it must not raise.
    """

    def __init__(
        self,
        name: str,
        work: Callable[[list[Item]], None],
        fits: Callable[[list[Item], Item], bool],
    ) -> None:
        self._work = work
        self._fits = fits
        self._queue: SimpleQueue[Item | None] = SimpleQueue()
        self._next: Item | None = None  # taken from the queue, but did not fit any more
        self._stopping = False
        self._thread = threading.Thread(target=self._run, name=name, daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        """Finish what was put, then end the thread."""
        self._queue.put(None)
        self._thread.join()

    def put(self, item: Item) -> None:
        """Queue an item; never blocks."""
        self._queue.put(item)

    def _run(self) -> None:
        while batch := self._take():
            self._work(batch)

    def _take(self) -> list[Item]:
        """Return the next batch, or nothing at the end."""
        first = self._next or (None if self._stopping else self._queue.get())
        self._next = None
        if first is None:
            return []
        batch = [first]
        while (item := self._waiting()) is not None:
            if not self._fits(batch, item):
                self._next = item
                break
            batch.append(item)
        return batch

    def _waiting(self) -> Item | None:
        try:
            item = self._queue.get_nowait()
        except Empty:
            return None
        # None is the last item; what was taken before it is still to be worked on.
        self._stopping = item is None
        return item
