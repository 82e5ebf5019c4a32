"""The data set that the settings name."""

from __future__ import annotations

from training.data.plain import PlainData, load_plain
from training.data.pricerunner import load_pricerunner
from training.data.settings import DataSettings, TableData


def load_data(settings: DataSettings) -> PlainData:
    """Return the data set and the rows that were left out of it; raise DataError as its reader."""
    if isinstance(settings, TableData):
        return load_plain(settings.products, settings.pairs, max_bad_rows=settings.max_bad_rows)
    return PlainData(load_pricerunner(), ())
