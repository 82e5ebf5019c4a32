"""WDC Large-Scale Product Matching v2 (Primpeli, Peeters, Bizer 2019): titles of 4 categories."""

from __future__ import annotations

from pathlib import Path

from models.catalogue import Product
from training.data.dataset import Dataset
from training.data.sets.groups import CATEGORY, Offer, joined, offers_to_products
from training.data.sets.labelled_pairs import LabelledPair, read_pairs

CATEGORIES = ("cameras", "computers", "shoes", "watches")
TITLES = {"left": "title_left", "right": "title_right", "label": "label"}

Title = tuple[str, str]


def load_wdc_lspc_pairs(folder: Path) -> Dataset:
    """Return titles to find the product of, which another of its titles names.

    Titles of positive pairs are of one product; a title in two categories is two titles. Those of
    test pairs are held out. Products with one title only are left out.
    """
    parts = {
        part: [(name, pair) for name in CATEGORIES for pair in _pairs(folder, name, part)]
        for part in ("train", "test")
    }
    both = [one for pairs in parts.values() for one in pairs]
    titles = dict.fromkeys(title for name, pair in both for title in _titles(name, pair))
    places = {title: row for row, title in enumerate(titles)}
    same = ((places[name, pair.left], places[name, pair.right]) for name, pair in both if pair.same)
    group = joined(same, len(places)).tolist()
    tested = {title for name, pair in parts["test"] for title in _titles(name, pair)}
    offers = [
        Offer(Product(f"product {number + 1}", text, {CATEGORY: name}), (name, text) in tested)
        for (name, text), number in zip(titles, group, strict=True)
    ]
    return offers_to_products(offers, group, smallest=2)


def _pairs(folder: Path, category: str, part: str) -> list[LabelledPair]:
    return read_pairs(folder / f"{category}_{part}.csv.gz", TITLES)


def _titles(category: str, pair: LabelledPair) -> tuple[Title, Title]:
    return (category, pair.left), (category, pair.right)
