"""The public data sets by name."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

from models.errors import ConfigurationError
from training.data.dataset import Dataset
from training.data.pricerunner import load_pricerunner
from training.data.sets.baskets import load_complete_journey, load_instacart, load_online_retail
from training.data.sets.offers import (
    load_alaska_cameras,
    load_wdc_block,
    load_wdc_lspc,
    load_wdc_products,
)
from training.data.sets.searches import load_bundle_intent, load_esci_mini
from training.data.sets.shops import load_abt_buy, load_amazon_google, load_walmart_amazon


def _pricerunner(folder: Path) -> Dataset:
    return load_pricerunner(folder / "pricerunner_aggregate.csv.gz")


DATA_SETS: Mapping[str, Callable[[Path], Dataset]] = {
    "abt-buy": load_abt_buy,
    "alaska-cameras": load_alaska_cameras,
    "amazon-google": load_amazon_google,
    "bundle-intent": load_bundle_intent,
    "complete-journey": load_complete_journey,
    "esci-mini": load_esci_mini,
    "instacart-nc": load_instacart,
    "online-retail": load_online_retail,
    "pricerunner": _pricerunner,
    "walmart-amazon": load_walmart_amazon,
    "wdc-block-small": load_wdc_block,
    "wdc-lspc-pairs": load_wdc_lspc,
    "wdc-products": load_wdc_products,
}


def load_data_set(name: str, folder: Path) -> Dataset:
    """Return the public data set of this name, whose files are in the folder.

    Raises ConfigurationError for a name that is not known, and DataError as the readers do.
    """
    if name not in DATA_SETS:
        raise ConfigurationError(
            f"there is no data set {name!r}; known are: {', '.join(sorted(DATA_SETS))}"
        )
    if not folder.is_dir():
        raise ConfigurationError(f"{folder} is not a folder; it must hold the files of {name}")
    return DATA_SETS[name](folder)
