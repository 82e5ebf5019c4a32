"""WDC Products (Peeters, Der, Bizer, EDBT 2024): offers of web shops, many of them look-alikes."""

from __future__ import annotations

from pathlib import Path

from models.catalogue import Product
from training.data.dataset import Dataset
from training.data.sets.groups import Offer, offers_to_products
from training.data.sets.labelled_pairs import place, places_of, read_pairs
from training.data.tables import Row, read_table

COLUMNS = {"id": "id", "title": "title", "cluster": "cluster_id"}
ATTRIBUTES = {name: name for name in ("brand", "price", "pricecurrency")}


def load_wdc_products(folder: Path) -> Dataset:
    """Return offers to find the product of, which the title of another of its offers names.

    The offers of test pairs are held out; half of their products have no other offer in training.
    """
    rows = read_table(folder / "tableA.csv.gz", COLUMNS, optional=ATTRIBUTES).rows
    places = places_of([row.fields["id"] for row in rows], "tableA")
    tested = {
        place(places, one, "tableA")
        for pair in read_pairs(folder / "test.csv.gz")
        for one in (pair.left, pair.right)
    }
    offers = [Offer(_product(row), at in tested) for at, row in enumerate(rows)]
    clusters: dict[str, int] = {}
    group = [clusters.setdefault(row.fields["cluster"], len(clusters)) for row in rows]
    return offers_to_products(offers, group, smallest=2)


def _product(row: Row) -> Product:
    attributes = {key: row.fields[key] for key in ATTRIBUTES if row.fields[key]}
    return Product(row.fields["cluster"], row.fields["title"], attributes)
