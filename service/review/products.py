"""What the catalogue of today says of the products of a task."""

from __future__ import annotations

from models.catalogue import Catalogue
from service.catalogue.schemas import ProductRead
from service.review.schemas import ClaimedTask


def with_products(task: ClaimedTask, catalogue: Catalogue | None) -> ClaimedTask:
    """Return the task with its candidates, and the products that opinions name, by id.

    No other order would do: that of the candidates may be what the model thinks of them.
    """
    if catalogue is None:
        return task
    named = {candidate.product_id for candidate in task.candidates}
    named.update(product_id for opinion in task.opinions for product_id in opinion.product_ids)
    found = [product for one in sorted(named) if (product := catalogue.find(one)) is not None]
    return task.model_copy(update={"products": [ProductRead.of(product) for product in found]})
