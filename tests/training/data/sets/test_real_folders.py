"""The published data sets themselves, where somebody has them: their counts are as stated.

They are looked for in the folder that ALC_DATA names, else in `../shared/data` beside the
repository, one folder for each by its name. Most must not be passed on, so they are not here. The
large ones are checked only where ALC_DATA asks for it.
"""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np
import pytest

from models.catalogue import Catalogue
from tests.documents import ROOT
from training.data.dataset import digest
from training.data.export import write_plain
from training.data.plain import load_plain
from training.data.sets.columns import read_columns
from training.data.sets.complete_journey import BASKETS, SETTINGS
from training.data.sets.registry import SETS, load_set
from training.data.sets.together import basket_matrix, bought_together

DATA = Path(os.environ.get("ALC_DATA", ROOT.parent / "shared" / "data"))
LARGE = {
    "complete-journey",
    "complete-journey-merged",
    "instacart-nc",
    "online-retail",
    "wdc-lspc-pairs",
}
SMALL = ("abt-buy", "bundle-intent", "esci-mini", "wdc-products")

# queries, products, right pairs, queries held out
COUNTS = {
    "abt-buy": (1_076, 1_076, 1_076, None),
    "alaska-cameras": (5_786 - 469, 469, 5_786 - 469, None),
    "amazon-google": (1_103, 1_354, 1_103, None),
    "bundle-intent": (3_978, 3_499 + 4_487 + 3_767, 18_783, None),
    "complete-journey": (33_230, 19_887, 419_251, None),
    "complete-journey-merged": (12_732, 5_695, 195_169, None),
    "esci-mini": (150, 6_764, 3_389, None),
    "instacart-nc": (23_405, 11_456, 264_743, None),
    "online-retail": (4_216, 3_109, 78_007, None),
    "pricerunner": (35_311, 12_849, 35_311, None),
    "walmart-amazon": (2_554, 22_074, 853, None),
    "wdc-block-small": (3_654, 5_000, 21_820, 1_570),
    "wdc-lspc-pairs": (12_564 - 2_333, 2_333, 12_564 - 2_333, 3_661),
    "wdc-products": (4_575 - 750, 750, 4_575 - 750, 750),
}


def folder(name: str) -> Path:
    path = DATA / name.removesuffix("-merged")
    if name in LARGE and "ALC_DATA" not in os.environ:
        pytest.skip(f"{name} takes seconds; it is checked when ALC_DATA names the folder of all")
    if not path.is_dir():
        pytest.skip(f"the data set {name} is not in {path}; ALC_DATA names the folder of all")
    return path


def case(name: str) -> object:
    return pytest.param(name, marks=[pytest.mark.slow] if name in LARGE else [])


def test_every_set_is_counted() -> None:
    assert COUNTS.keys() == SETS.keys()


@pytest.mark.parametrize("name", [case(name) for name in COUNTS])
def test_a_published_set_has_the_stated_counts(name: str) -> None:
    dataset = load_set(name, folder(name))
    held_out = None if dataset.held_out is None else int(dataset.held_out.sum())
    counts = (len(dataset), len(dataset.products), dataset.relevance.nnz, held_out)
    assert counts == COUNTS[name]
    assert len(Catalogue(dataset.products)) == len(dataset.products)


@pytest.mark.slow
def test_the_supermarket_has_the_stated_counts_before_unlisted_products_leave() -> None:
    """17 products that are sold are not in the list of products, so that they have no text."""
    path = folder("complete-journey")
    baskets = read_columns(path / "baskets.csv.gz", BASKETS)
    bought, numbers = np.unique(baskets["product_id"].to_numpy(), return_inverse=True)
    held = basket_matrix(baskets["basket_id"].to_numpy(), numbers, len(bought))
    related = bought_together(held, SETTINGS)
    assert held.shape == (155_848, 68_509)
    assert np.count_nonzero(np.diff(related.indptr)) == 33_312
    assert len(np.unique(related.indices)) == 19_857
    assert related.nnz == 420_897


@pytest.mark.parametrize("name", SMALL)
def test_a_published_set_can_be_written_and_read_as_plain_tables(name: str, tmp_path: Path) -> None:
    dataset = load_set(name, folder(name))
    files = tmp_path / "products.parquet", tmp_path / "pairs.csv.gz"
    write_plain(dataset, *files)
    assert digest(load_plain(*files).dataset) == digest(dataset)
