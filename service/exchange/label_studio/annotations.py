"""Label Studio's JSON export, read as verdicts (https://labelstud.io/guide/export.html)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Annotated, Any
from uuid import UUID

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

from service.database.tables import Answer
from service.exchange.importing.jsonl import imported_by
from service.exchange.importing.rows import BadRow, ImportedVerdict, ReadRows
from service.exchange.label_studio.names import COMMENT, NONE, PRODUCT, UNSURE
from service.schemas import storable
from service.validation_codes import described


class _Part(BaseModel):
    model_config = ConfigDict(extra="ignore", frozen=True)


class _Result(_Part):
    from_name: str = ""
    type: str = ""
    value: dict[str, Any] = {}


class _Person(_Part):
    id: int | None = None
    email: str | None = None


class _Annotation(_Part):
    result: list[_Result]
    completed_by: int | _Person | None = None
    was_cancelled: bool = False
    lead_time: Annotated[float, Field(ge=0, allow_inf_nan=False)] | None = None

    @property
    def person(self) -> str:
        """Return who made it: by the address where the export has it, else by the number."""
        by = self.completed_by
        if isinstance(by, _Person):
            return by.email or f"label-studio-{by.id}"
        return "label-studio" if by is None else f"label-studio-{by}"

    def choices(self) -> list[str]:
        return [str(one) for result in self._of(PRODUCT) for one in result.get("choices", ())]

    def comment(self) -> str | None:
        given = [result.get("text", "") for result in self._of(COMMENT)]
        lines = [line for one in given for line in ([one] if isinstance(one, str) else one)]
        return "\n".join(map(str, lines)).replace("\0", "")[:2000] or None

    def _of(self, control: str) -> Iterator[Mapping[str, Any]]:
        return (one.value for one in self.result if one.from_name == control)


class _Data(_Part):
    task_id: UUID
    products: dict[
        str, Annotated[str, Field(min_length=1, max_length=500), AfterValidator(storable)]
    ]


class _Task(_Part):
    data: _Data
    annotations: list[_Annotation]


_TASKS = TypeAdapter(list[dict[str, Any]])


def read_label_studio(content: bytes) -> ReadRows:
    """Return a verdict for each annotation that was not cancelled.

    Every task must be one of our export: its `data` says which task it is, and which choice is
    which product.
    """
    try:
        tasks = _TASKS.validate_json(content)
    except ValidationError:
        reason = "the body is not a list of tasks as Label Studio exports it under 'JSON'"
        return ReadRows([], 0, [BadRow(1, None, "invalid_json", reason)])
    verdicts: list[ImportedVerdict] = []
    bad: list[BadRow] = []
    skipped = 0
    for number, given in enumerate(tasks, start=1):
        try:
            task = _Task.model_validate(given)
        except ValidationError as error:
            bad += [_fault(number, dict(one)) for one in error.errors(include_url=False)]
            continue
        for place, annotation in enumerate(task.annotations):
            if annotation.was_cancelled:
                skipped += 1
                continue
            row = _verdict(number, place, task.data, annotation)
            if isinstance(row, BadRow):
                bad.append(row)
            else:
                verdicts.append(row)
    return ReadRows(verdicts, skipped, bad)


def _verdict(
    number: int, place: int, data: _Data, annotation: _Annotation
) -> ImportedVerdict | BadRow:
    answered = _answer(annotation.choices(), data.products)
    if isinstance(answered, str):
        field = f"annotations.{place}.result"
        return BadRow(number, field, "answer_inconsistent", answered)
    answer, product_ids = answered
    return ImportedVerdict(
        line=number,
        task_id=data.task_id,
        query=None,
        source=None,
        answer=answer,
        product_ids=product_ids,
        comment=annotation.comment(),
        person=imported_by(annotation.person),
        verdict_id=None,
        seconds=annotation.lead_time,
    )


def _answer(
    choices: list[str], products: Mapping[str, str]
) -> tuple[Answer, tuple[str, ...]] | str:
    """Return what was answered, or why that cannot be said."""
    chosen = list(dict.fromkeys(choices))
    if not chosen:
        return f"nothing is chosen under {PRODUCT!r}"
    if chosen == [NONE]:
        return Answer.NONE, ()
    if chosen == [UNSURE]:
        return Answer.UNSURE, ()
    unknown = [one for one in chosen if one not in products]
    if unknown:
        return f"{unknown[0]!r} is chosen, which is no product of 'data', or not the only choice"
    return Answer.ACCEPTED, tuple(products[one] for one in chosen)


def _fault(number: int, error: dict[str, Any]) -> BadRow:
    found = described({**error, "loc": ("body", *error["loc"])})
    return BadRow(number, ".".join(map(str, error["loc"])) or None, found.code, found.detail)
