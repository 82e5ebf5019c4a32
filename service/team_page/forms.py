"""What the forms of the team page say."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from service.bulk.schemas import BulkApplication, BulkRequest
from service.errors import ServiceError
from service.review.listing import TaskFilter
from service.review.managing_schemas import AssignRequest

Model = TypeVar("Model", bound=BaseModel)
Fields = Mapping[str, str]
FILTER = ("source", "assigned_to")


class FormInvalid(ServiceError):
    """A field of the form cannot be read."""

    status, code = 422, "form_invalid"


def bulk_request(form: Fields) -> BulkRequest:
    """Return which action is asked for. Raises FormInvalid."""
    return _checked(BulkRequest, _bulk(form))


def bulk_application(form: Fields) -> BulkApplication:
    """Return which action is to be applied to how many tasks. Raises FormInvalid."""
    expected = form.get("expected_tasks", "")
    if not (expected.isascii() and expected.isdecimal()):
        raise FormInvalid("Look at the preview first.")
    return _checked(BulkApplication, {**_bulk(form), "expected_tasks": int(expected)})


def assignment(form: Fields) -> tuple[TaskFilter, str | None]:
    """Return which tasks go to whom, None: to anybody. Raises FormInvalid."""
    request = {"to": form.get("to"), "filter": _filter(form)}
    asked = _checked(AssignRequest, request)
    assert isinstance(asked.chosen, TaskFilter)
    return asked.chosen, asked.to


def _bulk(form: Fields) -> dict[str, Any]:
    given = {"action": form.get("action"), "reason": form.get("reason"), "filter": _filter(form)}
    return {name: value for name, value in given.items() if value is not None}


def _filter(form: Fields) -> dict[str, Any]:
    chosen: dict[str, Any] = {name: form[name].strip() for name in FILTER if name in form}
    if "attribute" in form:
        name, equals, value = form["attribute"].partition("=")
        if not equals:
            raise FormInvalid("Write an attribute as name=value.")
        chosen["attributes"] = {name.strip(): value.strip()}
    return {name: value for name, value in chosen.items() if value}


def _checked(model: type[Model], fields: Mapping[str, Any]) -> Model:
    try:
        return model.model_validate(fields)
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"])
        raise FormInvalid(f"{where}: {first['msg']}" if where else f"{first['msg']}.") from error
