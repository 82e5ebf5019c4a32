"""Which labelled queries a run learns from."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from training.checks import require_at_least
from training.data.xmc.text import XmcText


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


@dataclass(frozen=True, slots=True)
class XmcData:
    """A data set in the raw-text format of the Extreme Classification Repository."""

    folder: Path
    """Folder of trn.json.gz, tst.json.gz and lbl.json.gz."""

    kind: Literal["xmc"] = "xmc"
    """Raw text of the Extreme Classification Repository; split it by `given` or `holdout`."""

    text: XmcText = XmcText.TITLE
    """What is read as the text of queries and labels."""

    max_bad_rows: int = 0
    """Go on with up to so many bad lines; each is reported."""

    def __post_init__(self) -> None:
        """Raise ConfigurationError naming the field that cannot be used."""
        require_at_least(self, 0, "max_bad_rows")


@dataclass(frozen=True, slots=True)
class PublishedData:
    """One of the published data sets that the software knows, from your copy of its files."""

    name: str
    """Which one, for example online-retail; an unknown name lists all."""

    folder: Path
    """Folder of its files."""

    kind: Literal["published"] = "published"
    """A published data set, read from your copy of its files."""


DataSettings = SampleData | TableData | XmcData | PublishedData
