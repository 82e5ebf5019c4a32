from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from service.document import openapi_document

COMMITTED = Path(__file__).parents[2] / "docs" / "openapi.json"
METHODS = {"get", "post", "put", "patch", "delete"}


@pytest.fixture(scope="module")
def document() -> dict[str, Any]:
    found: dict[str, Any] = json.loads(openapi_document())
    return found


def _operations(document: dict[str, Any]) -> list[tuple[str, dict[str, Any]]]:
    return [
        (path, operation)
        for path, operations in document["paths"].items()
        for method, operation in operations.items()
        if method in METHODS
    ]


def test_the_committed_document_is_the_served_one() -> None:
    message = "The HTTP interface has changed: run 'make openapi' and commit docs/openapi.json"
    assert COMMITTED.read_bytes() == openapi_document(), message


def test_operation_ids_are_names_of_their_own(document: dict[str, Any]) -> None:
    names = [operation["operationId"] for _, operation in _operations(document)]
    assert len(set(names)) == len(names)
    assert all(name.isidentifier() for name in names)


def test_every_error_is_declared_as_a_problem(document: dict[str, Any]) -> None:
    for path, operation in _operations(document):
        errors = {code: r for code, r in operation["responses"].items() if code[0] not in "23"}
        assert "default" in errors, path
        for code, response in errors.items():
            media_types = list(response.get("content", {}))
            assert media_types == ["application/problem+json"], (path, code)
    assert "HTTPValidationError" not in document["components"]["schemas"]


def test_everything_under_v1_needs_a_key_or_a_session(document: dict[str, Any]) -> None:
    for path, operation in _operations(document):
        declared = [list(one) for one in operation.get("security", [])]
        assert declared == ([["api_key"], ["session"]] if path.startswith("/v1/") else []), path


def test_every_reference_leads_somewhere(document: dict[str, Any]) -> None:
    schemas = {f"#/components/schemas/{name}" for name in document["components"]["schemas"]}
    assert set(_references(document)) <= schemas


def _references(node: Any) -> Iterator[str]:
    if isinstance(node, list):
        node = dict(enumerate(node))
    if not isinstance(node, dict):
        return
    if "$ref" in node:
        yield node["$ref"]
    for value in node.values():
        yield from _references(value)
