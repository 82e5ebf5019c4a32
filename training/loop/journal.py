"""What happened in a run, one JSON object a line; a run that goes on appends."""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import IO, Any

from training.loop.run_directory import writing
from training.loop.step import Step

RECORDS_PER_EPOCH = 100


class Journal:
    """Writes steps and events with the seconds since it was opened, by the caller's clock."""

    def __init__(self, file: IO[str], clock: Callable[[], float]) -> None:
        self._file, self._clock, self._start = file, clock, clock()

    def step(self, step: Step, steps_per_epoch: int) -> None:
        """Write a step; of a long epoch every hundredth part, and its end."""
        number = (step.step - 1) % steps_per_epoch + 1
        every = max(steps_per_epoch // RECORDS_PER_EPOCH, 1)
        if number % every == 0 or number == steps_per_epoch:
            self.event(
                "step",
                epoch=step.epoch,
                step=step.step,
                steps=step.steps,
                done_queries=step.done_queries,
                total_queries=step.total_queries,
                **asdict(step.parts),
                queries_per_second=step.queries_per_second,
                seconds_left=step.seconds_left,
                cut_texts=step.cut_texts,
            )

    def event(self, event: str, **fields: object) -> None:
        """Write one line."""
        seconds = round(self._clock() - self._start, 3)
        plain = {name: _plain(value) for name, value in fields.items()}
        with writing(Path(self._file.name).parent):
            self._file.write(json.dumps({"event": event, "seconds": seconds, **plain}) + "\n")
            self._file.flush()


@contextmanager
def journal(path: Path, clock: Callable[[], float]) -> Iterator[Journal]:
    """Yield the journal at the end of this file, whose last line a kill may have cut off."""
    with writing(path.parent):
        _drop_half_a_line(path)
        file = path.open("a", encoding="utf-8")
    with file:
        yield Journal(file, clock)


def _drop_half_a_line(path: Path) -> None:
    with path.open("ab+") as file:
        file.seek(0)
        whole = sum(len(line) for line in file if line.endswith(b"\n"))
        file.truncate(whole)


def _plain(value: Any) -> Any:  # noqa: ANN401 - whatever JSON knows
    """JSON has no word for infinite and for no number at all."""
    return None if isinstance(value, float) and not math.isfinite(value) else value
