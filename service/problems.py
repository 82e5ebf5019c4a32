"""Every error of the HTTP interface as RFC 9457 `application/problem+json`."""

from __future__ import annotations

import http
from collections.abc import Mapping, Sequence
from typing import Any, cast

import orjson
import structlog
from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel, Field
from starlette.exceptions import HTTPException
from starlette.types import Scope

from models.errors import AlcError
from service.errors import ServiceError
from service.validation_codes import ErrorDetail, described, is_malformed

MEDIA_TYPE = "application/problem+json"
REQUEST_ID_KEY = "request_id"
MAX_ERRORS = 20  # of one answer; the rest is of the same kind

HTTP_CODES = {
    400: "bad_request",
    404: "route_not_found",
    405: "method_not_allowed",
    413: "body_too_large",
    415: "unsupported_media_type",
}

log = structlog.get_logger(__name__)


class Problem(BaseModel):
    """RFC 9457 with our members: a stable `code`, the `request_id`, and single `errors`."""

    type: str = Field(examples=["urn:alc:problem:text_empty"])
    title: str
    status: int
    detail: str
    instance: str = Field(description="The path of the request")
    code: str = Field(examples=["text_empty"])
    request_id: str
    errors: list[ErrorDetail] = []


def problem_response(
    scope: Scope,
    status: int,
    code: str,
    detail: str,
    *,
    errors: Sequence[ErrorDetail] = (),
    headers: Mapping[str, str] | None = None,
) -> Response:
    """Return the answer; `scope` is the ASGI scope of the request it belongs to."""
    return respond(problem_of(scope, status, code, detail, errors), headers)


def problem_of(
    scope: Scope, status: int, code: str, detail: str, errors: Sequence[ErrorDetail] = ()
) -> Problem:
    """Return the problem with what is known of the request."""
    return Problem(
        type=f"urn:alc:problem:{code}",
        title=code.replace("_", " ").capitalize(),
        status=status,
        detail=detail,
        instance=scope["path"],
        code=code,
        request_id=scope.get("state", {}).get(REQUEST_ID_KEY, ""),
        errors=list(errors),
    )


def respond(problem: Problem, headers: Mapping[str, str] | None = None) -> Response:
    """Return a problem as the answer to its request."""
    body = orjson.dumps(problem.model_dump())
    return Response(body, problem.status, headers=headers, media_type=MEDIA_TYPE)


def internal_error(scope: Scope) -> Response:
    """Return the answer to what nobody foresaw; the log has the rest under the request id."""
    detail = "Something went wrong inside the service; its log has the details."
    return problem_response(scope, 500, AlcError.code, detail)


def add_problem_handlers(app: FastAPI) -> None:
    """Translate all errors that endpoints raise; `ErrorBoundary` has the unforeseen ones."""
    app.add_exception_handler(AlcError, _alc_error)
    app.add_exception_handler(HTTPException, _http_exception)
    app.add_exception_handler(RequestValidationError, _validation_error)


async def _alc_error(request: Request, error: Exception) -> Response:
    if not isinstance(error, ServiceError):
        log.error("request_failed", exc_info=error, path=request.url.path)
        return internal_error(request.scope)
    headers: dict[str, str] = {}
    if error.retry_after_seconds is not None:
        headers["Retry-After"] = str(error.retry_after_seconds)
    if error.status == http.HTTPStatus.UNAUTHORIZED:
        headers["WWW-Authenticate"] = "Bearer"
    return problem_response(request.scope, error.status, error.code, str(error), headers=headers)


async def _http_exception(request: Request, error: Exception) -> Response:
    error = cast("HTTPException", error)
    status, headers = error.status_code, error.headers
    if status == http.HTTPStatus.BAD_REQUEST and error.__cause__ is not None:
        return _unreadable_body(request, error.__cause__)
    code = HTTP_CODES.get(status, f"http_{status}")
    return problem_response(request.scope, status, code, str(error.detail), headers=headers)


def _unreadable_body(request: Request, cause: BaseException) -> Response:
    """Answer to a body that FastAPI could not parse; JSON syntax is reported elsewhere."""
    if isinstance(cause, UnicodeDecodeError):
        detail = f"The body is not UTF-8: byte {cause.start} cannot be read."
        return problem_response(request.scope, 400, "invalid_utf8", detail)
    return problem_response(request.scope, 400, "invalid_json", "The body cannot be read as JSON.")


async def _validation_error(request: Request, error: Exception) -> Response:
    error = cast("RequestValidationError", error)
    if _is_other_media(error):
        detail = "Send the body as JSON, with 'Content-Type: application/json'."
        return problem_response(request.scope, 415, HTTP_CODES[415], detail)
    errors = [described(cast("dict[str, Any]", one)) for one in error.errors()[:MAX_ERRORS]]
    first = errors[0]
    status = 400 if is_malformed(first.code) else 422
    where = first.pointer or first.parameter
    detail = f"{where}: {first.detail}" if where else first.detail
    return problem_response(request.scope, status, first.code, detail, errors=errors)


def _is_other_media(error: RequestValidationError) -> bool:
    """FastAPI leaves a body that is not declared to be JSON as bytes."""
    return isinstance(error.body, bytes) and tuple(error.errors()[0]["loc"]) == ("body",)
