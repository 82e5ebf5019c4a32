"""Offers of the small shop that no training has seen, with their labels."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from models.bundle.bundle import Bundle
from tests.training.commands.customer import write
from tests.training.products import small_shop
from training.data.drawn import DrawnQueries, load_drawn

Row = tuple[str, ...]


def offers(count: int, seed: int = 1) -> list[Row]:
    """Return so many queries with the ids of their products, other ones for each seed."""
    shop = small_shop(offers_per_product=count // 60 + 1, seed=seed)
    order = np.random.default_rng(seed).permutation(len(shop))[:count]
    rows = shop.relevance.indices
    return [
        (f"{shop.texts[at]} {seed}{number}", shop.products[rows[at]].product_id)
        for number, at in enumerate(order.tolist())
    ]


def written(file: Path, rows: Sequence[Row], columns: Row = ("query", "product_id")) -> Path:
    write(file, [columns, *rows])
    return file


def drawn(bundle: Bundle, file: Path, rows: Sequence[Row]) -> DrawnQueries:
    """Return the labelled queries of these rows; four cells have stream and threshold."""
    columns = ("query", "product_id", "stream", "threshold")[: len(rows[0])]
    return load_drawn(written(file, rows, columns), bundle.runtime.catalogue)
