"""The data sets by name."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from types import MappingProxyType

from models.errors import ConfigurationError, DataError
from training.data.dataset import Dataset
from training.data.pricerunner import load_pricerunner
from training.data.sets.alaska_cameras import load_alaska_cameras
from training.data.sets.bundle_intent import load_bundle_intent
from training.data.sets.complete_journey import (
    load_complete_journey,
    load_complete_journey_merged,
)
from training.data.sets.esci_mini import load_esci_mini
from training.data.sets.instacart import load_instacart_nc
from training.data.sets.online_retail import load_online_retail
from training.data.sets.two_shops import load_abt_buy, load_amazon_google, load_walmart_amazon
from training.data.sets.wdc_block import load_wdc_block_small
from training.data.sets.wdc_lspc import load_wdc_lspc_pairs
from training.data.sets.wdc_products import load_wdc_products

Loader = Callable[[Path], Dataset]


def _load_pricerunner(folder: Path) -> Dataset:
    return load_pricerunner(folder / "pricerunner_aggregate.csv.gz")


SETS: Mapping[str, Loader] = MappingProxyType(
    {
        "abt-buy": load_abt_buy,
        "alaska-cameras": load_alaska_cameras,
        "amazon-google": load_amazon_google,
        "bundle-intent": load_bundle_intent,
        "complete-journey": load_complete_journey,
        "complete-journey-merged": load_complete_journey_merged,
        "esci-mini": load_esci_mini,
        "instacart-nc": load_instacart_nc,
        "online-retail": load_online_retail,
        "pricerunner": _load_pricerunner,
        "walmart-amazon": load_walmart_amazon,
        "wdc-block-small": load_wdc_block_small,
        "wdc-lspc-pairs": load_wdc_lspc_pairs,
        "wdc-products": load_wdc_products,
    }
)


def load_set(name: str, folder: Path) -> Dataset:
    """Return the named data set from the folder that holds its files.

    Raise ConfigurationError for a name that is none of `SETS`, and DataError when the folder or a
    file of it cannot be read.
    """
    if name not in SETS:
        raise ConfigurationError(f"there is no data set {name!r}; there are: {', '.join(SETS)}")
    if not folder.is_dir():
        raise DataError(f"{folder} is not a folder; it must hold the files of {name}")
    return SETS[name](folder)
