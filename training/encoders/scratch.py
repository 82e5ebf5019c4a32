"""Room on disk for what is read from the texts of a run."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from models.errors import ConfigurationError


@contextmanager
def nameless_file(directory: Path | None = None) -> Iterator[IO[bytes]]:
    """Yield an empty file without a name in the directory, or else in that of TMPDIR.

    It goes when its last reader does, a killed one included, so that nobody ever finds half of one,
    and processes that share a directory have one each. Raises ConfigurationError when there is no
    room for it.
    """
    try:
        with tempfile.TemporaryFile(dir=directory) as file:
            yield file
    except OSError as error:
        raise ConfigurationError(
            f"what the texts are read as cannot be written to {directory or tempfile.gettempdir()}:"
            f" {error}. Make room there, or name another place: --run-dir, else TMPDIR"
        ) from error
