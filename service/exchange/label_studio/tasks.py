"""A review task as Label Studio imports it (https://labelstud.io/guide/tasks.html)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Row

from service.exchange.label_studio.names import (
    CHOICES,
    DETAILS,
    NONE,
    PRODUCT,
    PRODUCTS,
    QUERY,
    TASK_ID,
    UNSURE,
    choice_of,
)
from service.review.blinding import blind_place

Json = dict[str, Any]


def task_for_label_studio(row: Row[Any], *, predictions: bool) -> Json:
    """Return a task with a choice for each candidate, and one each for none and unsure.

    Without predictions the candidates are in an order that says nothing, as on the blind page.
    """
    candidates: Sequence[Mapping[str, Any]] = row.candidates
    if not predictions:
        candidates = sorted(candidates, key=lambda one: blind_place(row.id, one["product_id"]))
    products = {choice_of(one["title"], one["product_id"]): one["product_id"] for one in candidates}
    data = {
        TASK_ID: str(row.id),
        "source": row.source,
        QUERY: row.text,
        DETAILS: "\n".join(f"{name}: {value}" for name, value in row.attributes.items()),
        CHOICES: [{"value": choice} for choice in (*products, NONE, UNSURE)],
        PRODUCTS: products,
    }
    if not predictions or not candidates:
        return {"data": data}
    return {"data": data, "predictions": [_prediction(row.bundle_id, candidates[0])]}


def _prediction(bundle_id: str, best: Mapping[str, Any]) -> Json:
    probability = best.get("probability")
    result = {
        "id": "best",
        "type": "choices",
        "from_name": PRODUCT,
        "to_name": QUERY,
        "value": {"choices": [choice_of(best["title"], best["product_id"])]},
    }
    return {
        "model_version": bundle_id,
        "score": best["score"] if probability is None else probability,
        "result": [result],
    }
