"""Text files, plain or gzip, read line by line: a damaged or missing one is named."""

from __future__ import annotations

import gzip
import io
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, cast

from models.errors import DataError


@contextmanager
def reading(path: Path) -> Iterator[None]:
    """Turn what goes wrong while `path` is read into a DataError that names it."""
    try:
        yield
    except (gzip.BadGzipFile, EOFError, zlib.error) as error:
        raise DataError(f"{path} is a damaged gzip file ({error}); fetch it again") from error
    except OSError as error:
        raise DataError(f"cannot read {path}: {error.strerror or error}") from error


@contextmanager
def open_bytes(path: Path) -> Iterator[IO[bytes]]:
    """Open for reading, unpacked when the name ends in .gz; raise DataError as `reading` does."""
    with reading(path), path.open("rb") as raw:
        if path.suffix != ".gz":
            yield raw
            return
        with gzip.open(raw) as unpacked:
            yield cast("IO[bytes]", unpacked)


@contextmanager
def open_text(path: Path, newline: str) -> Iterator[IO[str]]:
    """Open UTF-8 text; a byte order mark is dropped.

    Bytes that are not UTF-8 become surrogates instead of a decoding error, so that one bad byte
    costs one row, not the file.
    """
    with open_bytes(path) as stream:
        yield io.TextIOWrapper(
            stream, encoding="utf-8-sig", errors="surrogateescape", newline=newline
        )
