"""Stable codes for what pydantic finds wrong: one table, so that clients can rely on it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, get_args

from pydantic import BaseModel, Field
from pydantic_core.core_schema import ErrorType

BUILT_IN = frozenset(get_args(ErrorType))
MALFORMED = frozenset({"invalid_json", "invalid_utf8"})

# (pydantic's type, name of the field) comes before the type alone.
FIELD_CODES = {
    ("string_too_short", "text"): "text_empty",
    ("string_too_long", "text"): "text_too_long",
    ("too_short", "queries"): "no_queries",
    ("too_long", "queries"): "too_many_queries",
}
TYPE_CODES = {
    "json_invalid": "invalid_json",
    "string_unicode": "invalid_utf8",
    "missing": "missing_field",
    "extra_forbidden": "unknown_field",
    "string_too_short": "value_too_short",
    "string_too_long": "value_too_long",
    "too_short": "too_few_items",
    "too_long": "too_many_items",
    "greater_than": "out_of_range",
    "greater_than_equal": "out_of_range",
    "less_than": "out_of_range",
    "less_than_equal": "out_of_range",
    "finite_number": "out_of_range",
    "int_parsing_size": "out_of_range",
    "enum": "invalid_value",
    "literal_error": "invalid_value",
    "string_pattern_mismatch": "invalid_value",
    "value_error": "invalid_value",
}


class ErrorDetail(BaseModel):
    """One thing that is wrong with a request."""

    code: str = Field(examples=["text_empty"])
    pointer: str | None = Field(None, description="JSON pointer into the body (RFC 6901)")
    parameter: str | None = Field(None, description="Name of a path, query or header parameter")
    detail: str


def described(error: dict[str, Any]) -> ErrorDetail:
    """Return pydantic's error in our terms; what the caller sent is not repeated."""
    location = tuple(error["loc"])
    code = code_of(error["type"], location)
    if location[:1] != ("body",):
        return ErrorDetail(code=code, parameter=_last_name(location), detail=error["msg"])
    if code == "invalid_json":
        reason = error.get("ctx", {}).get("error", "")
        detail = f"The body is not JSON: {reason} at character {location[-1]}"
        return ErrorDetail(code=code, detail=detail)
    return ErrorDetail(code=code, pointer=_pointer(location[1:]), detail=error["msg"])


def code_of(error_type: str, location: Sequence[str | int]) -> str:
    """Return the code; an error type that is not pydantic's own (PydanticCustomError) is one."""
    if error_type not in BUILT_IN and error_type not in TYPE_CODES:
        return error_type
    named = FIELD_CODES.get((error_type, _last_name(location)))
    return named or TYPE_CODES.get(error_type, "invalid_type")


def is_malformed(code: str) -> bool:
    """Return whether the body could not even be read (400 instead of 422)."""
    return code in MALFORMED


def _last_name(location: Sequence[str | int]) -> str:
    names = [part for part in location if isinstance(part, str)]
    return names[-1] if names else ""


def _pointer(location: Sequence[str | int]) -> str:
    parts = (str(part).replace("~", "~0").replace("/", "~1") for part in location)
    return "".join(f"/{part}" for part in parts)
