from __future__ import annotations

from typing import Any

import pytest
from pydantic import ValidationError

from service.recommend.schemas import RecommendBody


def body(**changes: Any) -> dict[str, Any]:
    return {"queries": [{"text": "apple iphone 8"}], **changes}


def query(**changes: Any) -> dict[str, Any]:
    return body(queries=[{"text": "apple iphone 8", **changes}])


def test_the_least_body_has_defaults() -> None:
    parsed = RecommendBody.model_validate(body())
    assert parsed.k == 10
    assert parsed.explain is False
    assert parsed.queries[0].id is None
    assert parsed.queries[0].attributes == {}


def test_a_text_is_stripped() -> None:
    assert RecommendBody.model_validate(query(text=" x ")).queries[0].text == "x"


@pytest.mark.parametrize(
    "good",
    [
        query(text="x" * 2_000),
        query(text=" " * 10 + "x" * 2_000),
        query(id=""),
        query(attributes={"brand": "Apple"}),
        body(k=1),
        body(k=100),
        body(queries=[{"text": "x"}] * 256),
        body(queries=[{"text": "x"}] * 256, explain=False),
        body(queries=[{"text": "x"}] * 16, explain=True),
    ],
)
def test_what_is_accepted(good: dict[str, Any]) -> None:
    RecommendBody.model_validate(good)


@pytest.mark.parametrize(
    ("bad", "error"),
    [
        ({}, "missing"),
        (body(queries=[]), "too_short"),
        (body(queries=[{"text": "x"}] * 257), "too_long"),
        (body(queries="x"), "list_type"),
        (body(k=0), "greater_than_equal"),
        (body(k=101), "less_than_equal"),
        (body(k="10"), "int_type"),
        (body(k=True), "int_type"),
        (body(K=1), "extra_forbidden"),
        (body(explain=1), "bool_type"),
        (body(queries=[{"text": "x"}] * 17, explain=True), "too_many_explained"),
        (body(queries=[], explain=True), "too_short"),
        (query(text=""), "string_too_short"),
        (query(text=" \n"), "string_too_short"),
        (query(text="x" * 2_001), "string_too_long"),
        (query(text=5), "string_type"),
        (query(text=None), "string_type"),
        (query(text="a\0b"), "invalid_value"),
        (query(text="\ud800"), "string_unicode"),
        (query(id=5), "string_type"),
        (query(id="a\0b"), "invalid_value"),
        (query(id="x" * 201), "string_too_long"),
        (query(attributes={"a": 1}), "string_type"),
        (query(attributes={"a": "\0"}), "invalid_value"),
        (query(attributes={"": "a"}), "string_too_short"),
        (query(attributes={"a": "x" * 501}), "string_too_long"),
        (query(attributes={str(i): "x" for i in range(51)}), "too_long"),
        (query(priority=10), "less_than_equal"),
        (query(priority=-1), "greater_than_equal"),
        (query(priority="1"), "int_type"),
        (query(category="x"), "extra_forbidden"),
    ],
)
def test_what_is_refused(bad: dict[str, Any], error: str) -> None:
    with pytest.raises(ValidationError) as refused:
        RecommendBody.model_validate(bad)
    assert [one["type"] for one in refused.value.errors()] == [error]
