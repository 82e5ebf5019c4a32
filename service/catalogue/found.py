"""What a search of the catalogue finds, and why."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from models.catalogue import Product


class MatchedBy(StrEnum):
    """Why a product was found, the surest reason first."""

    ID = "id"
    WORDS = "words"
    SIMILARITY = "similarity"


@dataclass(frozen=True, slots=True)
class Found:
    """A product, and why it was found."""

    product: Product
    matched_by: MatchedBy
