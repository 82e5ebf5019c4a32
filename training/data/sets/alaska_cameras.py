"""Camera offers of 24 web shops (Alaska benchmark, Crescenzi et al. 2021)."""

from __future__ import annotations

from pathlib import Path

from models.catalogue import Product
from training.data.dataset import Dataset
from training.data.sets.groups import Offer, joined, offers_to_products
from training.data.sets.labelled_pairs import place, places_of
from training.data.tables import read_table

OFFERS = {"id": "_id", "title": "description"}
MATCHES = {"left": "l_id", "right": "r_id"}


def load_alaska_cameras(folder: Path) -> Dataset:
    """Return offers to find the product of, which the title of another of its offers names.

    The id of a product is that of the offer. Products with one offer are in the catalogue too.
    """
    rows = read_table(folder / "dataset.csv.gz", OFFERS, attributes=True).rows
    places = places_of([row.fields["id"] for row in rows], "dataset")
    pairs = (
        (
            place(places, row.fields["left"], "dataset"),
            place(places, row.fields["right"], "dataset"),
        )
        for row in read_table(folder / "matches.csv.gz", MATCHES).rows
    )
    offers = [Offer(Product(row.fields["id"], row.fields["title"], row.attributes)) for row in rows]
    return offers_to_products(offers, joined(pairs, len(rows)).tolist(), smallest=1)
