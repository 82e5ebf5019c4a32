"""Attributes that query and product both have; NaN where one of them lacks it."""

from __future__ import annotations

from models.decider.pairs import Pairs
from models.encoder import FloatMatrix


def identifier_agrees(pairs: Pairs) -> FloatMatrix:
    """Return 1 where GTIN, part number or ISBN is equal, 0 where all that both have differ."""
    return pairs.attributes.identifier


def brand_agrees(pairs: Pairs) -> FloatMatrix:
    """Return 1 where the brands are equal and 0 where they differ."""
    return pairs.attributes.brand


def category_agrees(pairs: Pairs) -> FloatMatrix:
    """Return 1 where the categories are equal and 0 where they differ."""
    return pairs.attributes.category


def price_apart(pairs: Pairs) -> FloatMatrix:
    """Return ln(higher price / lower price)."""
    return pairs.attributes.price
