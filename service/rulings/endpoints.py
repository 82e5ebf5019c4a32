"""HTTP of rulings; plain functions, because people are slow and threads suffice."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request, status

from service.access.actor import Actor, Scope
from service.access.dependencies import require
from service.problems import Problem
from service.rulings.schemas import (
    MAX_LISTED,
    ProductId,
    RulingBody,
    RulingPageRead,
    RulingRead,
    Text,
)
from service.rulings.service import RulingBook
from service.state import State

router = APIRouter(
    prefix="/v1/rulings",
    tags=["rulings"],
    responses={code: {"model": Problem} for code in (400, 401, 403, 422, 503)},
)


async def get_book(request: Request, state: State) -> RulingBook:
    """Return the rulings; asynchronous so that it needs no thread."""
    return RulingBook(state.engine, state.clock, request.app.state.has_product)


Book = Annotated[RulingBook, Depends(get_book)]
Admin = Annotated[Actor, Depends(require(Scope.ADMIN))]


@router.get("", dependencies=[Depends(require(Scope.REVIEW))])
def list_rulings(
    book: Book,
    text: Text | None = None,
    product_id: ProductId | None = None,
    cursor: str | None = None,
    limit: Annotated[int, Query(ge=1, le=MAX_LISTED)] = 50,
) -> RulingPageRead:
    """List what people have ruled on a text, a product or both, newest first."""
    page = book.page(limit, text=text, product_id=product_id, cursor=cursor)
    rulings = [RulingRead.model_validate(one) for one in page.rows]
    return RulingPageRead(rulings=rulings, next_cursor=page.next_cursor)


@router.post("", status_code=status.HTTP_201_CREATED)
def make_ruling(body: RulingBody, book: Book, admin: Admin) -> RulingRead:
    """Overturn by hand what holds for a text and a product; what held before stays in the list.

    A block also overturns earlier verdicts that named the product for this text: they answer no
    query any more.
    """
    ruling = book.rule_by_hand(body.text, body.product_id, body.ruling, body.reason, admin.name)
    return RulingRead.model_validate(ruling)
