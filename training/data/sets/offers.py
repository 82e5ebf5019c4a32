"""Offers of many web shops: an offer's title -> its product, among look-alikes."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from models.catalogue import Product
from training.data.dataset import Dataset, relevance_matrix
from training.data.sets.groups import joined, offers_to_products
from training.data.tables import Row, read_table

PARTS = ("train", "valid", "test")
CATEGORIES = ("computers", "cameras", "shoes", "watches")
PAIR = {"left": "ltable_id", "right": "rtable_id", "label": "label"}
MATCH = "1"


def load_wdc_products(folder: Path) -> Dataset:
    """Return offers -> products of WDC Products (80 % corner cases; Peeters, Der & Bizer, 2024)."""
    table = read_table(
        folder / "tableA.csv.gz",
        {"id": "id", "title": "title", "cluster": "cluster_id"},
        optional={"brand": "brand", "price": "price"},
    )
    groups: dict[str, list[tuple[str, Mapping[str, str]]]] = {}
    for row in table.rows:
        groups.setdefault(row.fields["cluster"], []).append(_offer(row, "brand", "price"))
    return offers_to_products(groups)


def load_alaska_cameras(folder: Path) -> Dataset:
    """Return camera offers -> products (Alaska; Crescenzi et al., 2021); matches are joined."""
    table = read_table(
        folder / "dataset.csv.gz",
        {"id": "_id", "title": "description"},
        optional={"brand": "brand", "model": "model", "price": "price"},
    )
    offers = {row.fields["id"]: _offer(row, "brand", "model", "price") for row in table.rows}
    matches = read_table(folder / "matches.csv.gz", {"left": "l_id", "right": "r_id"})
    together = joined((row.fields["left"], row.fields["right"]) for row in matches.rows)
    groups = {str(group[0]): [offers[str(one)] for one in group] for group in together}
    matched = {str(one) for group in together for one in group}
    groups |= {one: [offer] for one, offer in offers.items() if one not in matched}
    return offers_to_products(groups)


def load_wdc_lspc(folder: Path) -> Dataset:
    """Return titles -> products of WDC LSPC v2, titles only, four categories joined by matches."""
    groups: dict[str, list[tuple[str, Mapping[str, str]]]] = {}
    for category in CATEGORIES:
        pairs = []
        for part in ("train", "test"):
            table = read_table(
                folder / f"{category}_{part}.csv.gz",
                {"left": "title_left", "right": "title_right", "label": "label"},
            )
            pairs += [
                (row.fields["left"], row.fields["right"])
                for row in table.rows
                if row.fields["label"] == MATCH
            ]
        for number, group in enumerate(joined(pairs)):
            known = {"category": category}
            groups[f"{category}-{number}"] = [(str(title), known) for title in group]
    return offers_to_products(groups)


def load_wdc_block(folder: Path) -> Dataset:
    """Return offers of one table -> offers of the other (WDC Block, small).

    Groups are joined from the labelled matches; `cluster_id` is wrong in the published copy.
    Offers of groups that have a test pair are the data set's own test part; offers without a
    group are no queries, but stay in the catalogue.
    """
    tables = {
        side: read_table(
            folder / f"table{side}.csv.gz",
            {"id": "id", "title": "title"},
            optional={"brand": "brand", "price": "price"},
        )
        for side in "AB"
    }
    matches, tested = [], set()
    for part in PARTS:
        for row in read_table(folder / f"{part}.csv.gz", PAIR).rows:
            if row.fields["label"] != MATCH:
                continue
            pair = (("A", row.fields["left"]), ("B", row.fields["right"]))
            matches.append(pair)
            if part == "test":
                tested.add(pair[0])
    row_of = {row.fields["id"]: at for at, row in enumerate(tables["B"].rows)}
    title_of = {row.fields["id"]: row.fields["title"] for row in tables["A"].rows}
    texts, answers, held_out = [], [], []
    for group in joined(matches):
        members = [tuple(one) for one in group if isinstance(one, tuple)]
        right = [row_of[one] for side, one in members if side == "B"]
        is_test = any(member in tested for member in members)
        for side, one in members:
            if side == "A" and right:
                texts.append(title_of[one])
                answers.append(right)
                held_out.append(is_test)
    return _with_test_part(texts, answers, held_out, tables["B"].rows)


def _with_test_part(
    texts: list[str], answers: list[list[int]], held_out: list[bool], rows: tuple[Row, ...]
) -> Dataset:
    import numpy as np

    products = tuple(
        Product(row.fields["id"], row.fields["title"], _offer(row, "brand", "price")[1])
        for row in rows
    )
    return Dataset(
        texts=tuple(texts),
        sources=("",) * len(texts),
        categories=("",) * len(texts),
        products=products,
        relevance=relevance_matrix(answers, len(products)),
        held_out=np.array(held_out),
    )


def _offer(row: Row, *attributes: str) -> tuple[str, dict[str, str]]:
    known = {name: row.fields[name] for name in attributes if row.fields[name]}
    return row.fields["title"], known
