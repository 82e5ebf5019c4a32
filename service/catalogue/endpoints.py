"""HTTP of the catalogue; plain functions, so that a search runs in a thread of its own."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Query

from service.access.actor import Scope
from service.access.dependencies import require
from service.catalogue.schemas import MAX_FOUND, MAX_QUERY, FoundRead, ProductRead, SearchRead
from service.errors import NotInCatalogue
from service.problems import Problem
from service.state import State

router = APIRouter(
    prefix="/v1/products",
    tags=["products"],
    responses={code: {"model": Problem} for code in (401, 403, 422, 503)},
    dependencies=[Depends(require(Scope.REVIEW, Scope.RECOMMEND))],
)


@router.get("")
def search_products(
    state: State,
    query: Annotated[str, Query(min_length=1, max_length=MAX_QUERY)],
    limit: Annotated[int, Query(ge=1, le=MAX_FOUND)] = 20,
) -> SearchRead:
    """Search the catalogue by id, by words of the title and by likeness."""
    bundle = state.bundles.served.bundle
    found = state.catalogue.search(bundle, query.strip(), limit)
    products = [FoundRead.found(one) for one in found]
    return SearchRead(bundle_id=bundle.bundle_id, products=products)


@router.get("/{product_id:path}", responses={404: {"model": Problem}})
def get_product(product_id: str, state: State) -> ProductRead:
    """Return one product of the catalogue that answers now."""
    product = state.bundles.served.bundle.runtime.catalogue.find(product_id)
    if product is None:
        raise NotInCatalogue(f"the current catalogue has no product {product_id!r}")
    return ProductRead.of(product)
