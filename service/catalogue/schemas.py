"""What the endpoints of the catalogue give."""

from __future__ import annotations

from typing import Self

from pydantic import BaseModel, ConfigDict, Field

from models.catalogue import Product
from service.catalogue.found import Found, MatchedBy

MAX_QUERY = 500  # characters
MAX_FOUND = 50


class ProductRead(BaseModel):
    """A product of the catalogue that answers now."""

    model_config = ConfigDict(frozen=True)

    product_id: str
    title: str
    attributes: dict[str, str]

    @classmethod
    def of(cls, product: Product) -> Self:
        return cls(
            product_id=product.product_id,
            title=product.title,
            attributes=dict(product.attributes),
        )


class FoundRead(ProductRead):
    matched_by: MatchedBy = Field(
        description="`id`: it is the query; `words`: the title has all words of the query, or words"
        " that they are part of; `similarity`: its vector is among those most like the query's"
    )

    @classmethod
    def found(cls, found: Found) -> Self:
        return cls(**ProductRead.of(found.product).model_dump(), matched_by=found.matched_by)


class SearchRead(BaseModel):
    bundle_id: str = Field(description="Whose catalogue this is")
    products: list[FoundRead] = Field(description="Best first")
