"""How long the functions of a running program take, without changing its code."""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from functools import wraps
from typing import Any
from unittest import mock

Function = Callable[..., Any]


class Stopwatch:
    """Seconds of every call, by name: of the processor, and by the clock."""

    def __init__(self) -> None:
        self.processor: dict[str, list[float]] = defaultdict(list)
        self.clock: dict[str, list[float]] = defaultdict(list)

    @contextmanager
    def of(self, name: str) -> Iterator[None]:
        """Add the time from here to the end of the block."""
        processor, clock = time.process_time(), time.perf_counter()
        yield
        self.processor[name].append(time.process_time() - processor)
        self.clock[name].append(time.perf_counter() - clock)

    @contextmanager
    def watching(self, places: Mapping[str, tuple[object, str]]) -> Iterator[None]:
        """Time each call, in the block, of these attributes: name -> owner and attribute."""
        with ExitStack() as stack:
            for name, (owner, attribute) in places.items():
                timed = self._timed(name, getattr(owner, attribute))
                stack.enter_context(mock.patch.object(owner, attribute, timed))
            yield

    def _timed(self, name: str, function: Function) -> Function:
        @wraps(function)
        def timed(*given: Any, **named: Any) -> Any:  # noqa: ANN401 - any function
            with self.of(name):
                return function(*given, **named)

        return timed
