"""To which group a query belongs; training and service both ask this one function."""

from __future__ import annotations

from collections.abc import Mapping

from models.thresholds import Grouping


def group_of(
    grouping: Grouping | None,
    query: Mapping[str, str],
    best_product: Mapping[str, str] | None,
) -> str | None:
    """Return the group of a query, from its attributes or those of its best candidate.

    The value is stripped of white space around it. None where nothing is grouped, or the attribute
    is missing or blank, or there is no candidate: such a query is one of all others.
    """
    if grouping is None:
        return None
    attributes = query if grouping.of == "query" else best_product or {}
    return attributes.get(grouping.attribute, "").strip() or None
