"""What the requests and answers of all domains are made of."""

from __future__ import annotations

from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict
from pydantic_core import PydanticCustomError


def storable(text: str) -> str:
    """Return the text; refuse what PostgreSQL cannot store."""
    if "\0" in text:
        raise PydanticCustomError("invalid_value", "NUL characters cannot be stored")
    return text


StoredText = Annotated[str, AfterValidator(storable)]


class Body(BaseModel):
    """A request body: unknown fields are refused."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class StrictBody(Body):
    """A request body: values of other types are refused too."""

    model_config = ConfigDict(strict=True)


class Read(BaseModel):
    """A part of an answer."""

    model_config = ConfigDict(from_attributes=True, frozen=True)
