"""JSON lines: one object per line."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import NoReturn

from training.data.files import open_text
from training.data.formats.cells import NumberedRow


def jsonl_rows(path: Path) -> Iterator[NumberedRow]:
    """Yield each object with its line number; blank lines hold no row.

    Numbers are kept as they are written, so that 9.90 stays a price and a long id keeps its digits.
    Raise DataError when the file cannot be read.
    """
    with open_text(path, newline="\n") as stream:
        for line, text in enumerate(stream, start=1):
            if text.strip():
                yield line, _cells(text)


def _cells(text: str) -> dict[str, object] | str:
    try:
        value = json.loads(
            text,
            parse_float=str,
            parse_int=str,
            parse_constant=_refuse,
            object_pairs_hook=_object,
        )
    except (ValueError, RecursionError) as error:
        return f"is not valid JSON: {error}"
    return value if isinstance(value, dict) else "is not a JSON object"


def _refuse(constant: str) -> NoReturn:
    raise ValueError(f"{constant} is no JSON number")


def _object(pairs: list[tuple[str, object]]) -> dict[str, object]:
    value = dict(pairs)
    if len(value) != len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise ValueError(f"the name {twice!r} is there twice")
    return value
