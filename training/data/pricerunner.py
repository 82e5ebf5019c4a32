"""The vendored sample: shop offers of PriceRunner and the catalogue product of each."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from models.catalogue import Product
from models.errors import DataError
from training.data.dataset import Dataset, relevance_matrix
from training.data.tables import Row, read_table

SAMPLE_FILE = Path(__file__).parent / "sample" / "pricerunner.csv.gz"
COLUMNS = {
    "text": "Product Title",
    "merchant": "Merchant ID",
    "cluster": "Cluster ID",
    "label": "Cluster Label",
    "category": "Category Label",
}


def load_pricerunner(path: Path | None = None) -> Dataset:
    """Return one query per offer, with its shop as source, and one product per label text.

    Equal label texts are one product: 176 labels carry several cluster ids, and no text could tell
    those apart. Its `product_id` is the smallest of them, its category that of the same cluster.
    Products are in the order of their ids. Raise BadRows for any bad row, since the file is
    one published data set, and DataError when one cluster id has two labels.
    """
    file = path or SAMPLE_FILE
    rows = read_table(file, COLUMNS).rows
    _check_clusters(rows, file)
    products = _products(rows)
    row_of = {product.title: row for row, product in enumerate(products)}
    answers = [(row_of[row.fields["label"]],) for row in rows]
    return Dataset(
        texts=tuple(row.fields["text"] for row in rows),
        sources=tuple(row.fields["merchant"] for row in rows),
        categories=tuple(row.fields["category"] for row in rows),
        products=products,
        relevance=relevance_matrix(answers, len(products)),
    )


def _check_clusters(rows: Sequence[Row], file: Path) -> None:
    first: dict[str, Row] = {}
    for row in rows:
        known = first.setdefault(row.fields["cluster"], row)
        if known.fields["label"] != row.fields["label"]:
            raise DataError(
                f"{file.name}:{row.line}: cluster {row.fields['cluster']!r} is labelled "
                f"{row.fields['label']!r}, but {known.fields['label']!r} on line {known.line}"
            )


def _products(rows: Sequence[Row]) -> tuple[Product, ...]:
    first: dict[str, Row] = {}
    for row in rows:
        known = first.setdefault(row.fields["label"], row)
        if _cluster_order(row) < _cluster_order(known):
            first[row.fields["label"]] = row
    ordered = sorted(first.values(), key=_cluster_order)
    return tuple(
        Product(row.fields["cluster"], row.fields["label"], {"category": row.fields["category"]})
        for row in ordered
    )


def _cluster_order(row: Row) -> tuple[int, str]:
    """Order numbers as numbers, also where a copy of the data has ids that are not."""
    cluster = row.fields["cluster"]
    return (int(cluster), "") if cluster.isdecimal() else (0, cluster)
