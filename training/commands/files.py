"""Write the result files of a command."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from models.errors import ConfigurationError


def write_files(directory: Path, files: Mapping[str, bytes]) -> None:
    """Write each file into the directory, which is made; raise ConfigurationError naming it."""
    try:
        directory.mkdir(parents=True, exist_ok=True)
        for name, content in files.items():
            (directory / name).write_bytes(content)
    except OSError as error:
        raise ConfigurationError(f"cannot write into {directory}: {error.strerror}") from error
