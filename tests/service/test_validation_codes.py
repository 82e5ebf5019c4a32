from __future__ import annotations

from typing import Annotated, Any, Literal

import pytest
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError
from pydantic_core import PydanticCustomError

from service.validation_codes import ErrorDetail, described


def _not_odd(number: int) -> int:
    if number % 2:
        raise PydanticCustomError("number_odd", "must be even")
    return number


class Query(BaseModel):
    model_config = ConfigDict(extra="forbid")

    text: Annotated[str, Field(min_length=1, max_length=5)] = "a"
    size: Annotated[int, Field(ge=1, le=9)] = 1
    even: Annotated[int, AfterValidator(_not_odd)] = 2
    kind: Literal["a", "b"] = "a"


class Body(BaseModel):
    queries: Annotated[list[Query], Field(min_length=1, max_length=2)]


def _first_error(body: Any) -> ErrorDetail:
    with pytest.raises(ValidationError) as caught:
        Body.model_validate(body)
    error = caught.value.errors()[0]
    return described({**error, "loc": ("body", *error["loc"])})


@pytest.mark.parametrize(
    ("body", "code", "pointer"),
    [
        ({"queries": [{"text": ""}]}, "text_empty", "/queries/0/text"),
        ({"queries": [{}, {"text": "a" * 6}]}, "text_too_long", "/queries/1/text"),
        ({"queries": []}, "no_queries", "/queries"),
        ({"queries": [{}] * 3}, "too_many_queries", "/queries"),
        ({}, "missing_field", "/queries"),
        ({"queries": [{"text": 1}]}, "invalid_type", "/queries/0/text"),
        ({"queries": [{"a/b~c": 1}]}, "unknown_field", "/queries/0/a~1b~0c"),
        ({"queries": [{"size": 10}]}, "out_of_range", "/queries/0/size"),
        ({"queries": [{"size": "many"}]}, "invalid_type", "/queries/0/size"),
        ({"queries": [{"kind": "c"}]}, "invalid_value", "/queries/0/kind"),
        ({"queries": [{"text": "\ud800"}]}, "invalid_utf8", "/queries/0/text"),
        ({"queries": [{"even": 3}]}, "number_odd", "/queries/0/even"),
        ([], "invalid_type", ""),
    ],
)
def test_each_mistake_has_a_code_and_a_place(body: Any, code: str, pointer: str) -> None:
    error = _first_error(body)
    assert (error.code, error.pointer) == (code, pointer)


def test_a_parameter_is_named_instead_of_a_place_in_the_body() -> None:
    error = described({"type": "less_than_equal", "loc": ("query", "limit"), "msg": "too large"})
    assert error == ErrorDetail(code="out_of_range", parameter="limit", detail="too large")
