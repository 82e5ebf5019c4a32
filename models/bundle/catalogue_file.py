"""The catalogue as gzipped JSON lines, in row order."""

from __future__ import annotations

import gzip
from pathlib import Path
from typing import Any

import orjson

from models.catalogue import Catalogue, Product
from models.errors import BundleError, DataError

CATALOGUE_FILE = "catalogue.jsonl.gz"
LEVEL = 6


def write_catalogue(catalogue: Catalogue, path: Path) -> None:
    """Write the same bytes for the same catalogue: the gzip header carries no time or name."""
    lines = b"".join(_line(product) for product in catalogue.products)
    path.write_bytes(gzip.compress(lines, LEVEL, mtime=0))


def read_catalogue(path: Path) -> Catalogue:
    """Return the catalogue; raise BundleError naming file and line when it cannot be read."""
    try:
        lines = gzip.decompress(path.read_bytes()).splitlines()
    except (OSError, EOFError) as error:
        raise BundleError(f"{path}: cannot be read: {error}") from error
    products = [_product(path, number, line) for number, line in enumerate(lines, start=1)]
    try:
        return Catalogue(products)
    except DataError as error:
        raise BundleError(f"{path}: {error}") from error


def _line(product: Product) -> bytes:
    fields: dict[str, Any] = {"product_id": product.product_id, "title": product.title}
    if product.attributes:
        fields["attributes"] = dict(product.attributes)
    return orjson.dumps(fields, option=orjson.OPT_SORT_KEYS | orjson.OPT_APPEND_NEWLINE)


def _product(path: Path, number: int, line: bytes) -> Product:
    try:
        product = Product(**orjson.loads(line))
    except (ValueError, TypeError) as error:
        raise BundleError(f"{path}, line {number}: is not a product: {error}") from error
    if not _is_of_texts(product):
        raise BundleError(f"{path}, line {number}: id, title and attributes are not all texts")
    return product


def _is_of_texts(product: Product) -> bool:
    if not isinstance(product.attributes, dict):
        return False
    values = (product.product_id, product.title, *product.attributes.values())
    return all(isinstance(value, str) for value in values)
