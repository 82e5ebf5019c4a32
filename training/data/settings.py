"""Which labelled queries a run learns from."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from training.checks import require_at_least


@dataclass(frozen=True, slots=True)
class SampleData:
    """The PriceRunner sample that comes with the software."""

    kind: Literal["sample"] = "sample"
    """The PriceRunner sample that comes with the software: 35,000 offers."""


@dataclass(frozen=True, slots=True)
class TableData:
    """A customer's own two tables."""

    products: Path
    """Table of products, columns id,title."""

    pairs: Path
    """Table of right answers, columns query,product_id."""

    kind: Literal["tables"] = "tables"
    """Your own two tables."""

    max_bad_rows: int = 0
    """Go on with up to so many bad rows; each is reported."""

    def __post_init__(self) -> None:
        """Raise ConfigurationError naming the field that cannot be used."""
        require_at_least(self, 0, "max_bad_rows")


DataSettings = SampleData | TableData
