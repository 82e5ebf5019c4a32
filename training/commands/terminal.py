"""What the commands say on stderr, beside their results on stdout."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from rich.console import Console

if TYPE_CHECKING:
    from training.data.loaded import LoadedData


def stderr() -> Console:
    """Return the console of progress and warnings."""
    return Console(stderr=True)


def warn(console: Console, lines: Iterable[str]) -> None:
    """Print each as one line, as it is: brackets in a customer's own text are no markup."""
    for line in lines:
        console.print(line, style="yellow", markup=False, highlight=False, soft_wrap=True)


def warn_of_bad_rows(console: Console, loaded: LoadedData) -> None:
    """Name every row that was left out."""
    warn(console, (f"left out {bad}" for bad in loaded.bad_rows))
