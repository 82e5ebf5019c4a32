"""Settings that name something on this machine, or else something that others know by its name."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Final


class _NamesPath:
    """Marks a text of the settings that is a path where there is such a file or directory."""


NAMES_PATH: Final = _NamesPath()
PathOrName = Annotated[str, NAMES_PATH]


def found_in(directory: Path, text: str) -> str:
    """Return the path of what the text names as seen from there, else the text as it is."""
    path = (directory / Path(text).expanduser()).absolute()
    return str(path) if text and path.exists() else text
