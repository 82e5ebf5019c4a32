"""Attributes that both sides may have: identifiers, brand, category and price.

Names and values are compared without regard to case; a value that cannot be read counts as missing.
"""

from __future__ import annotations

import math
import re
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import IntEnum
from functools import lru_cache

import numpy as np
import numpy.typing as npt

from models.encoder import FloatMatrix
from models.index.base import Rows
from models.text import words

# Of one meaning, so that an EAN of one side is compared with a GTIN of the other. Where several are
# given, the first one counts.
GTIN = ("gtin", "ean", "upc", "gtin8", "gtin12", "gtin13", "gtin14", "barcode")
PART_NUMBER = ("mpn", "part_number", "model_number", "modelno")
ISBN = ("isbn", "isbn10", "isbn13")
BRAND = ("brand", "manufacturer")
CATEGORY = ("category", "product_type")
PRICE = ("price",)

CACHED_VALUES = 2**14


class Column(IntEnum):
    """What is compared for equality."""

    GTIN = 0
    PART_NUMBER = 1
    ISBN = 2
    BRAND = 3
    CATEGORY = 4


COLUMNS = len(Column)
_IDENTIFIERS = slice(Column.GTIN, Column.BRAND)
_PRICE = COLUMNS
# By name: the column that it is of, and which of its names it is.
_NAMES = {
    name: (column, place)
    for column, names in enumerate((GTIN, PART_NUMBER, ISBN, BRAND, CATEGORY, PRICE))
    for place, name in enumerate(names)
}
_AMOUNT = re.compile(r"\d+(?:[.,]\d+)*")
_THOUSANDS = re.compile(r"(?<=\d)[\s'\u2019](?=\d{3}(?!\d))|(?<=\d)(?<!\b0)[.,](?=\d{3}(?!\d))")
_WHOLE = re.compile(
    r"^(\d+)\.0$"
)  # how a whole number reads that was a floating-point one on its way
_MISSING = 0

Hashes = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True, eq=False)
class AttributeTable:
    """Attributes of n queries or products.

    `hashes` (n, 5) are of the values of each `Column`, 0 where one is missing; `log_prices` (n,)
    are natural logarithms, or NaN.
    """

    hashes: Hashes
    log_prices: npt.NDArray[np.float32]

    @property
    def empty(self) -> bool:
        """Return whether nothing is known of any row."""
        return not self.hashes.any() and bool(np.isnan(self.log_prices).all())


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
    hashes = np.full((len(rows), COLUMNS), _MISSING, np.int64)
    log_prices = np.full(len(rows), np.nan, np.float32)
    for number, row in enumerate(rows):
        for column, value in _values(row).items():
            if column == _PRICE:
                log_prices[number] = log_amount(value)
            else:
                hashes[number, column] = _hash(value, column)
    return AttributeTable(hashes, log_prices)


def compare(queries: AttributeTable, products: AttributeTable, rows: Rows) -> Compared:
    """Return the attributes of each query beside those of its candidates.

    These are `rows` (queries, k) of the products; -1, the last one, is no product and has none.
    """
    if queries.empty:
        nothing = np.full(rows.shape, np.nan, np.float32)
        return Compared(nothing, nothing, nothing, nothing)
    equal = _equal(queries.hashes, products.hashes, rows)
    return Compared(
        # One equal identifier suffices: shops often have another part number for the same GTIN.
        identifier=np.fmax.reduce(equal[..., _IDENTIFIERS], axis=2),
        brand=equal[..., Column.BRAND],
        category=equal[..., Column.CATEGORY],
        price=np.abs(queries.log_prices[:, None] - products.log_prices.take(rows)),
    )


def _equal(queries: Hashes, products: Hashes, rows: Rows) -> FloatMatrix:
    asked, beside = queries[:, None], products.take(rows, axis=0)
    comparable = (asked != _MISSING) & (beside != _MISSING)
    return np.where(comparable, asked == beside, np.float32(np.nan))


def _values(row: Mapping[str, str]) -> dict[int, str]:
    """Return the value for each column that the row has one for: that of the first name."""
    found = [
        (*_NAMES[name.lower()], value) for name, value in row.items() if name.lower() in _NAMES
    ]
    return {column: value for column, _, value in sorted(found, reverse=True) if value}


@lru_cache(maxsize=CACHED_VALUES)
def _hash(value: str, column: int) -> int:
    comparable = _comparable(value, column)
    if not comparable:
        return _MISSING
    return zlib.crc32(comparable.encode("utf-8", "surrogatepass")) + 1


def _comparable(value: str, column: int) -> str:
    """Return what is compared of a value, "" for nothing."""
    if column in (Column.BRAND, Column.CATEGORY):
        return " ".join(words(value))
    characters = "".join(words(_WHOLE.sub(r"\1", value.strip()))).replace("_", "")
    if column == Column.ISBN:
        return _isbn(characters)
    if column == Column.GTIN and not characters.isdecimal():
        return ""  # "4.00638E+12" has lost its digits
    return characters.lstrip("0")  # zeros fill a GTIN up, to 14 digits


def _isbn(characters: str) -> str:
    """Return what an ISBN of 10 and its ISBN of 13 digits have in common; the last one checks."""
    if len(characters) == 13 and characters.startswith("978"):
        return characters[3:-1]
    return characters[:-1] if len(characters) == 10 else characters


def log_amount(value: str) -> float:
    """Return the logarithm of an amount with a decimal point or comma; NaN for anything else."""
    found = _AMOUNT.findall(_THOUSANDS.sub("", value))
    if len(found) != 1:
        return math.nan
    digits = found[0].replace(",", ".")
    amount = float(digits) if digits.count(".") <= 1 else 0.0
    return math.log(amount) if 0 < amount < math.inf else math.nan
