"""Attributes that both sides may have: identifiers, brand, category and price.

Names and values are compared without regard to case; a value that cannot be read counts as missing.
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from models.encoder import FloatMatrix
from models.index.base import Rows
from models.text import words

# Of one meaning, so that an EAN of one side is compared with a GTIN of the other.
GTIN = ("gtin", "ean", "upc", "gtin8", "gtin12", "gtin13", "gtin14", "barcode")
PART_NUMBER = ("mpn", "part_number", "model_number", "modelno")
ISBN = ("isbn", "isbn10", "isbn13")
BRAND = ("brand", "manufacturer")
CATEGORY = ("category",)
PRICE = ("price",)
IDENTIFIERS = (GTIN, PART_NUMBER, ISBN)

_NUMBER = re.compile(r"\d+(?:[.,]\d+)*")
_MISSING = 0

Hashes = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True, eq=False)
class AttributeTable:
    """Attributes of n queries or products; a hash of 0, or a price of NaN, is a missing value.

    `identifiers` (n, 3) are hashes of GTIN, part number and ISBN; the others are (n,).
    """

    identifiers: Hashes
    brand: Hashes
    category: Hashes
    price: npt.NDArray[np.float32]

    @property
    def is_empty(self) -> bool:
        """Return whether nothing is known of anything."""
        hashes = (self.identifiers, self.brand, self.category)
        return not any(part.any() for part in hashes) and bool(np.isnan(self.price).all())


@dataclass(frozen=True, slots=True, eq=False)
class Compared:
    """Attributes of queries beside those of their candidates (queries, k); NaN: not comparable.

    `identifier`, `brand` and `category` are 1 where equal and 0 where different. `price` is the
    natural logarithm of the higher price by the lower.
    """

    identifier: FloatMatrix
    brand: FloatMatrix
    category: FloatMatrix
    price: FloatMatrix


def attribute_table(rows: Sequence[Mapping[str, str]]) -> AttributeTable:
    """Return what is known of each row of attributes."""
    if not any(rows):
        return _nothing_known(len(rows))
    lowered = [{name.lower(): value for name, value in row.items()} for row in rows]
    identifiers = [[_hash(_identifier(row, names)) for names in IDENTIFIERS] for row in lowered]
    return AttributeTable(
        identifiers=np.array(identifiers, dtype=np.int64).reshape(len(rows), len(IDENTIFIERS)),
        brand=_hashes(lowered, BRAND),
        category=_hashes(lowered, CATEGORY),
        price=np.array([_price(_first(row, PRICE)) for row in lowered], dtype=np.float32),
    )


def compare(queries: AttributeTable, products: AttributeTable, rows: Rows) -> Compared:
    """Return the attributes of each query beside those of catalogue `rows` (queries, k)."""
    unknown = np.full(rows.shape, np.nan, np.float32)
    if queries.is_empty or products.is_empty:
        return Compared(unknown, unknown, unknown, unknown)
    ids = _equal(queries.identifiers[:, None], products.identifiers[rows], rows[..., None])
    # One equal identifier suffices: shops often have another part number for the same GTIN.
    identifier = np.where(np.isnan(ids), -1, ids).max(axis=2)
    return Compared(
        identifier=np.where(identifier < 0, np.float32(np.nan), identifier),
        brand=_equal(queries.brand[:, None], products.brand[rows], rows),
        category=_equal(queries.category[:, None], products.category[rows], rows),
        price=_apart(queries.price[:, None], products.price[rows], rows),
    )


def _nothing_known(count: int) -> AttributeTable:
    none = np.zeros(count, np.int64)
    identifiers = np.zeros((count, len(IDENTIFIERS)), np.int64)
    return AttributeTable(identifiers, none, none, np.full(count, np.nan, np.float32))


def _equal(query: Hashes, product: Hashes, rows: Rows) -> FloatMatrix:
    comparable = (query != _MISSING) & (product != _MISSING) & (rows >= 0)
    equal: FloatMatrix = np.where(comparable, query == product, np.nan).astype(np.float32)
    return equal


def _apart(query: FloatMatrix, product: FloatMatrix, rows: Rows) -> FloatMatrix:
    apart: FloatMatrix = np.where(rows >= 0, np.abs(np.log(query) - np.log(product)), np.nan)
    return apart.astype(np.float32)


def _first(row: Mapping[str, str], names: Sequence[str]) -> str:
    return next((row[name] for name in names if row.get(name)), "")


def _hashes(rows: Sequence[Mapping[str, str]], names: Sequence[str]) -> Hashes:
    return np.array([_hash(" ".join(words(_first(row, names)))) for row in rows], dtype=np.int64)


def _identifier(row: Mapping[str, str], names: Sequence[str]) -> str:
    """Return letters and digits only, without the zeros that fill a GTIN up."""
    return "".join(words(_first(row, names))).replace("_", "").lstrip("0")


def _hash(value: str) -> int:
    return zlib.crc32(value.encode("utf-8", "surrogatepass")) + 1 if value else _MISSING


def _price(value: str) -> float:
    """Return the amount, above 0, with a decimal point or comma; NaN for anything else."""
    found = _NUMBER.findall(value)
    if len(found) != 1:
        return float("nan")
    digits = re.sub(r"[.,](?=\d{3}(?:\D|$))", "", found[0]).replace(",", ".")
    if digits.count(".") > 1:
        return float("nan")
    amount = float(digits)
    return amount if amount > 0 else float("nan")
