"""WDC Block (small), University of Mannheim 2023: offers of one table, offers of another."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from models.catalogue import Product
from training.data.dataset import Dataset, relevance_matrix, some
from training.data.sets.groups import joined
from training.data.sets.labelled_pairs import LabelledPair, place, places_of, read_pairs
from training.data.tables import read_table

ATTRIBUTES = {name: name for name in ("brand", "price", "pricecurrency")}


def load_wdc_block_small(folder: Path) -> Dataset:
    """Return the offers of table A that are of a known group; right are its offers of table B.

    Groups join the positive pairs. The column `cluster_id` is never read: in the public copy it is
    wrong. The queries of a group with an offer in any test pair are held out, so that no training
    query is of such a group.
    """
    left, right = (_offers(folder, name) for name in ("tableA", "tableB"))
    left_of = places_of([offer.product_id for offer in left], "tableA")
    right_of = places_of([offer.product_id for offer in right], "tableB")

    def members(pairs: list[LabelledPair]) -> list[tuple[int, int]]:
        return [
            (
                place(left_of, pair.left, "tableA"),
                len(left) + place(right_of, pair.right, "tableB"),
            )
            for pair in pairs
        ]

    parts = {name: read_pairs(folder / f"{name}.csv.gz") for name in ("train", "valid", "test")}
    same = [pair for pairs in parts.values() for pair in pairs if pair.same]
    group = joined(members(same), len(left) + len(right))
    tested = np.unique(group[np.array(members(parts["test"]), dtype=np.int64).ravel()])
    answers: dict[int, list[int]] = {}
    for row, number in enumerate(group[len(left) :].tolist()):
        answers.setdefault(number, []).append(row)
    queries = [row for row in range(len(left)) if int(group[row]) in answers]
    return Dataset(
        texts=tuple(left[row].title for row in queries),
        sources=("",) * len(queries),
        categories=("",) * len(queries),
        products=right,
        relevance=relevance_matrix([answers[int(group[row])] for row in queries], len(right)),
        held_out=np.isin(group[queries], tested),
        attributes=some([left[row].attributes for row in queries]),
    )


def _offers(folder: Path, name: str) -> tuple[Product, ...]:
    columns = {"id": "id", "title": "title"}
    rows = read_table(folder / f"{name}.csv.gz", columns, optional=ATTRIBUTES).rows
    return tuple(
        Product(
            row.fields["id"],
            row.fields["title"],
            {key: row.fields[key] for key in ATTRIBUTES if row.fields[key]},
        )
        for row in rows
    )
