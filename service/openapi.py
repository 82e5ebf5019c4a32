"""The app's OpenAPI document: problems instead of FastAPI's errors, and how to authenticate."""

from __future__ import annotations

from typing import Any

import orjson
from fastapi import FastAPI
from fastapi.routing import APIRoute

from service.access.dependencies import CSRF_HEADER, SESSION_COOKIE
from service.problems import MEDIA_TYPE, Problem

REFERENCE = "#/components/schemas/{model}"
PROBLEM = "Problem"  # ends the names of problems that have more members
PROBLEM_REFERENCE = REFERENCE.format(model=PROBLEM)
AUTHENTICATED_PREFIX = "/v1/"

PROBLEM_RESPONSES: dict[int | str, dict[str, Any]] = {
    "default": {
        "description": "What went wrong",
        "content": {MEDIA_TYPE: {"schema": {"$ref": PROBLEM_REFERENCE}}},
    }
}
SECURITY_SCHEMES = {
    "api_key": {"type": "http", "scheme": "bearer", "bearerFormat": "alc_<id>_<secret>"},
    "session": {
        "type": "apiKey",
        "in": "cookie",
        "name": SESSION_COOKIE,
        "description": f"Made by signing in; unsafe methods also need the header {CSRF_HEADER}",
    },
}


class DocumentedApp(FastAPI):
    """FastAPI whose document has the parts that all operations share."""

    def openapi(self) -> dict[str, Any]:
        document = super().openapi()
        if "securitySchemes" not in document.get("components", {}):
            _add_shared_parts(document)
        return document


def operation_id(route: APIRoute) -> str:
    """Return the function's name: generated clients keep their names when a path changes."""
    return route.name


def document_bytes(app: FastAPI) -> bytes:
    """Return the document so that a difference can be read line by line."""
    options = orjson.OPT_INDENT_2 | orjson.OPT_SORT_KEYS | orjson.OPT_APPEND_NEWLINE
    return orjson.dumps(app.openapi(), option=options)


def _add_shared_parts(document: dict[str, Any]) -> None:
    components = document.setdefault("components", {})
    components["securitySchemes"] = SECURITY_SCHEMES
    problem = Problem.model_json_schema(ref_template=REFERENCE)
    schemas = components.setdefault("schemas", {})
    schemas.update(problem.pop("$defs", {}), Problem=problem)
    for path, operations in document["paths"].items():
        for operation in operations.values():
            _name_the_media_type(operation["responses"])
            if path.startswith(AUTHENTICATED_PREFIX):
                operation["security"] = [{name: []} for name in SECURITY_SCHEMES]


def _name_the_media_type(responses: dict[str, Any]) -> None:
    """FastAPI declares every model as plain JSON, problems too."""
    for response in responses.values():
        content = response.get("content", {})
        declared = content.get("application/json", {}).get("schema", {})
        if declared.get("$ref", "").endswith(PROBLEM):
            content[MEDIA_TYPE] = content.pop("application/json")
