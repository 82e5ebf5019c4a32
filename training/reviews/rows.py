"""Rows of an export, checked: everything that was said, or pairs of one stream."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Annotated, Any, Literal, TypeVar

from pydantic import BaseModel, BeforeValidator, ConfigDict, ValidationError, model_validator

from training.data.formats.cells import Cells, cell_text
from training.data.tables import MAX_ATTRIBUTE_CHARACTERS, text_fault
from training.reviews.label import Stream

Answer = Literal["accepted", "none", "unsure", "withdrawn"]
# What pairs have beside attributes; an attribute of such a name has a prefix.
PAIR_COLUMNS = ("query_id", "query", "product_id", "source", "stream", "threshold", "part", "label")
PREFIX = "attribute_"

RowType = TypeVar("RowType", bound=BaseModel)


def _text(value: object) -> str:
    if isinstance(value, list | tuple | dict):
        raise ValueError("must be a text")  # noqa: TRY004 - pydantic reports this kind
    text = cell_text(value)
    if fault := text_fault(text):
        raise ValueError(fault)
    return text


def _texts(value: object) -> list[str]:
    """Return the texts of a list, which CSV has as JSON."""
    found = json.loads(value) if isinstance(value, str) else value
    if not isinstance(found, list):
        raise ValueError("must be a list of texts")  # noqa: TRY004 - pydantic reports this kind
    return [_text(one) for one in found]


def _attributes(value: object) -> dict[str, str]:
    """Return texts by name: an object, JSON of one in CSV, and pairs in Parquet."""
    found: Any = json.loads(value) if isinstance(value, str) else value
    try:
        pairs = {str(name): cell_text(one) for name, one in dict(found or {}).items()}
    except (TypeError, ValueError) as error:
        raise ValueError("must be an object of texts") from error
    return {name: _attribute(name, text) for name, text in pairs.items() if text}


def _attribute(name: str, text: str) -> str:
    if fault := text_fault(text, MAX_ATTRIBUTE_CHARACTERS):
        raise ValueError(f"{name!r} {fault}")
    return text


def _optional(value: object) -> str:
    return "" if value in (None, "") else _text(value)


Text = Annotated[str, BeforeValidator(_text)]
Optional = Annotated[str, BeforeValidator(_optional)]
Texts = Annotated[tuple[str, ...], BeforeValidator(_texts)]


class VerdictRow(BaseModel):
    """A row of everything that was said."""

    model_config = ConfigDict(frozen=True)

    verdict_id: Text
    query: Text
    source: Optional
    attributes: Annotated[dict[str, str], BeforeValidator(_attributes)]
    answer: Answer
    product_ids: Texts
    supersedes: Optional
    current: bool
    final: bool
    streams: Annotated[frozenset[Stream], BeforeValidator(_texts)]

    @model_validator(mode="after")
    def _agrees(self) -> VerdictRow:
        if (self.answer == "accepted") != bool(self.product_ids):
            raise ValueError(
                f"column 'answer' is {self.answer!r} and column 'product_ids' names"
                f" {len(self.product_ids)}"
            )
        if not self.streams:
            raise ValueError("column 'streams' is empty")
        return self


class PairRow(BaseModel):
    """A row of pairs: one product of a label, or none at all."""

    model_config = ConfigDict(frozen=True)

    query_id: Text
    query: Text
    product_id: Optional
    source: Optional = ""
    stream: Stream
    attributes: dict[str, str]


def parsed(kind: type[RowType], cells: Mapping[str, object]) -> RowType | str:
    """Return the row, or why it is bad, naming the first column at fault."""
    try:
        return kind.model_validate(cells)
    except ValidationError as error:
        first = error.errors(include_url=False, include_context=False)[0]
        said = first["msg"].removeprefix("Value error, ").removeprefix("Input ")
        said = said.replace("should", "must", 1)
        if not first["loc"]:
            return said
        column = first["loc"][0]
        if first["type"] == "missing":
            return f"column {column!r} is missing"
        shown = "" if first["type"] == "value_error" else f", got {first['input']!r}"
        return f"column {column!r} {said}{shown}"


def pair_cells(cells: Cells) -> dict[str, object]:
    """Return the cells of a row of pairs, those of further columns as its attributes."""
    known: dict[str, object] = {
        name: value for name, value in cells.items() if name in PAIR_COLUMNS
    }
    others = {_attribute_name(name): value for name, value in cells.items() if name not in known}
    return known | {"attributes": {name: cell_text(value) for name, value in others.items()}}


def _attribute_name(column: str) -> str:
    name = column.removeprefix(PREFIX)
    return name if name in PAIR_COLUMNS else column
