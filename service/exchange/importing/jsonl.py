"""JSON lines with the columns of an export: what else they have is passed over."""

from __future__ import annotations

from typing import Annotated, Any
from uuid import UUID

import orjson
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError

from service.database.tables import Answer
from service.exchange.importing.rows import BadRow, ImportedVerdict, ReadRows
from service.review.schemas import MAX_PRODUCTS
from service.schemas import StoredText, storable
from service.validation_codes import described

PREFIX = "import:"  # of every person whose verdicts were imported
Person = Annotated[str, Field(min_length=1, max_length=200), AfterValidator(storable)]


class _Line(BaseModel):
    """One line; the columns that tell what is not imported are ignored."""

    model_config = ConfigDict(extra="ignore", frozen=True)

    verdict_id: UUID | None = None
    task_id: UUID | None = None
    query: Annotated[str, Field(min_length=1, max_length=2000), AfterValidator(storable)] | None = (
        None
    )
    source: StoredText | None = None
    answer: Answer
    product_ids: Annotated[
        list[Annotated[str, Field(min_length=1, max_length=500), AfterValidator(storable)]],
        Field(max_length=MAX_PRODUCTS),
    ] = []
    comment: Annotated[str, Field(max_length=2000), AfterValidator(storable)] | None = None
    person: Person | None = None
    seconds: Annotated[float, Field(ge=0, allow_inf_nan=False)] | None = None
    current: bool = True

    @property
    def names_task(self) -> bool:
        return self.task_id is not None or (self.query is not None and self.source is not None)

    @property
    def says_nothing(self) -> bool:
        """Return whether it was taken back, as an export says of the rows it has."""
        return not self.current or self.answer is Answer.WITHDRAWN


def read_jsonl(content: bytes, name: str) -> ReadRows:
    """Return the rows; those without a person are by `name`."""
    verdicts: list[ImportedVerdict] = []
    bad: list[BadRow] = []
    skipped = 0
    for number, line in enumerate(content.split(b"\n"), start=1):
        if not line.strip():
            continue
        row = _read(number, line)
        if isinstance(row, list):
            bad += row
        elif row.says_nothing:
            skipped += 1
        else:
            verdicts.append(_verdict(number, row, name))
    return ReadRows(verdicts, skipped, bad)


def imported_by(name: str) -> str:
    """Return the person of an imported verdict: nobody who works the queue has such a name."""
    return PREFIX + name.removeprefix(PREFIX)


def _read(number: int, line: bytes) -> _Line | list[BadRow]:
    try:
        row = _Line.model_validate(orjson.loads(line))
    except orjson.JSONDecodeError as error:
        return [BadRow(number, None, "invalid_json", f"the line is not JSON in UTF-8: {error}")]
    except ValidationError as error:
        return [_fault(number, dict(one)) for one in error.errors(include_url=False)]
    if not row.names_task:
        reason = "name the task by 'task_id', or by 'query' and 'source'"
        return [BadRow(number, "task_id", "missing_field", reason)]
    if (row.answer is Answer.ACCEPTED) != bool(row.product_ids) and not row.says_nothing:
        reason = "'accepted' names at least one product; 'none' and 'unsure' name no product"
        return [BadRow(number, "product_ids", "answer_inconsistent", reason)]
    return row


def _fault(number: int, error: dict[str, Any]) -> BadRow:
    found = described({**error, "loc": ("body", *error["loc"])})
    field = ".".join(str(part) for part in error["loc"]) or None
    return BadRow(number, field, found.code, found.detail)


def _verdict(number: int, row: _Line, name: str) -> ImportedVerdict:
    return ImportedVerdict(
        line=number,
        task_id=row.task_id,
        query=row.query,
        source=row.source,
        answer=row.answer,
        product_ids=tuple(dict.fromkeys(row.product_ids)),
        comment=row.comment,
        person=imported_by(row.person or name),
        verdict_id=row.verdict_id,
        seconds=row.seconds,
    )
