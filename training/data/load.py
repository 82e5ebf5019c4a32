"""The data set that the settings name."""

from __future__ import annotations

from training.data.loaded import LoadedData
from training.data.plain import load_plain
from training.data.pricerunner import load_pricerunner
from training.data.settings import DataSettings, PublishedData, TableData, XmcData


def load_data(settings: DataSettings) -> LoadedData:
    """Return the data set and the rows that were left out of it; raise DataError as its reader."""
    match settings:
        case TableData():
            return load_plain(settings.products, settings.pairs, max_bad_rows=settings.max_bad_rows)
        case XmcData():
            from training.data.xmc.load import load_xmc

            return load_xmc(settings.folder, text=settings.text, max_bad_rows=settings.max_bad_rows)
        case PublishedData():
            # Here, because the sample and own tables need not wait for all these readers.
            from training.data.sets.registry import load_set

            return LoadedData(load_set(settings.name, settings.folder), ())
        case _:
            return LoadedData(load_pricerunner(), ())
