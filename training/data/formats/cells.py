"""What a format yields: numbered rows of named cells, and the text of a cell."""

from __future__ import annotations

import json
import math
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime, time
from decimal import Decimal

from models.errors import DataError

Cells = Mapping[str, object]
NumberedRow = tuple[int, Cells | str]
"""Where a row starts, and its cells by column name or why it has none."""


def check_columns(
    file: str, names: Sequence[str], required: Collection[str], used: Collection[str]
) -> None:
    """Raise DataError when a required column is missing or a used one is there twice."""
    count = Counter(names)
    faults = {name: "not at all" for name in required if not count[name]}
    faults |= {name: "twice" for name in used if count[name] > 1}
    for name, fault in faults.items():
        raise DataError(f"{file} has column {name!r} {fault}; its columns are: {', '.join(names)}")


def is_nested(value: object) -> bool:
    """Return whether a cell holds several values."""
    return not isinstance(value, str) and isinstance(value, list | tuple | dict)


def cell_text(value: object) -> str:
    """Return a cell as stripped text; "" when nothing is there.

    Nested values are JSON, and a number is as short as it can be without changing.
    """
    match value:
        case str():
            return value.strip()
        case None:
            return ""
        case bool():
            return "true" if value else "false"
        case float():
            return "" if math.isnan(value) else repr(value)
        case int() | Decimal():
            return str(value)
        case date() | datetime() | time():
            return value.isoformat()
        case bytes():
            return value.decode("utf-8", errors="surrogateescape").strip()
        case _:
            return json.dumps(value, ensure_ascii=False, default=cell_text)
