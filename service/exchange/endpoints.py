"""HTTP of exports and imports.

All of it needs the scope `admin`: it says which labels were audits, and what the model thought of
each candidate. Whoever annotates must not know that, or audits would not be blind.
"""

from __future__ import annotations

import enum
from typing import Annotated, Any
from uuid import uuid4

from fastapi import APIRouter, Depends, Header, Query, Request, Response
from fastapi.responses import StreamingResponse
from pydantic import AwareDatetime
from starlette.concurrency import run_in_threadpool

from service.access.actor import Actor, Scope
from service.access.dependencies import require
from service.database.tables import TaskState
from service.exchange.exporting import MEDIA_TYPES, Exporter
from service.exchange.importing.idempotency import Repeatable
from service.exchange.importing.jsonl import read_jsonl
from service.exchange.importing.schemas import ImportProblem, ImportRead
from service.exchange.importing.service import Importer
from service.exchange.label_studio.annotations import read_label_studio
from service.exchange.label_studio.config import labelling_configuration
from service.exchange.options import Chosen, ExportOptions, Format, LabelStream, Rows
from service.paging import decode_place
from service.problems import Problem
from service.review.dependencies import Queue
from service.schemas import StoredText
from service.state import State

LAST_CURSOR = "X-Last-Cursor"

Admin = Annotated[Actor, Depends(require(Scope.ADMIN))]

router = APIRouter(
    prefix="/v1/reviews",
    tags=["exchange"],
    dependencies=[Depends(require(Scope.ADMIN))],
    responses={code: {"model": Problem} for code in (401, 403, 422, 503)},
)

EXPORTED: dict[int | str, dict[str, Any]] = {
    200: {
        "description": "The rows, as they are read from the database",
        "content": {
            media_type.partition(";")[0]: {"schema": {"type": "string", "format": "binary"}}
            for media_type in MEDIA_TYPES.values()
        },
        "headers": {
            LAST_CURSOR: {
                "description": "Of verdicts: the cursor of the last row, for `after` the next time",
                "schema": {"type": "string"},
            }
        },
    },
    501: {"model": Problem},
}


@router.get("/export", response_class=StreamingResponse, responses=EXPORTED)
def export_reviews(
    state: State,
    format: Format = Format.JSONL,  # noqa: A002 - the name of the parameter
    rows: Rows = Rows.VERDICTS,
    after: Annotated[
        str | None, Query(description="A row's cursor: go on behind it, oldest first")
    ] = None,
    since: Annotated[AwareDatetime | None, Query(description="No label given before")] = None,
    stream: LabelStream | None = None,
    task_state: Annotated[TaskState | None, Query(alias="state")] = None,
    bundle_id: StoredText | None = None,
    persons: Annotated[bool, Query(description="Names instead of pseudonyms")] = False,
    predictions: Annotated[
        bool | None,
        Query(description="Of tasks for Label Studio; else as reviews are blind or not"),
    ] = None,
) -> StreamingResponse:
    """Take verdicts, labels for training, or tasks for Label Studio elsewhere."""
    options = ExportOptions(
        format=format,
        rows=rows,
        chosen=Chosen(since, stream, task_state, bundle_id),
        after=None if after is None else decode_place(after),
        persons=persons,
        predictions=not state.settings.blind_review if predictions is None else predictions,
    )
    export = Exporter(state.engine, state.clock).export(options)
    headers = {"Content-Disposition": f'attachment; filename="{export.file_name}"'}
    if export.last_cursor is not None:
        headers[LAST_CURSOR] = export.last_cursor
    return StreamingResponse(export.chunks, media_type=export.media_type, headers=headers)


@router.get(
    "/label-studio-config",
    response_class=Response,
    responses={200: {"content": {"application/xml": {"schema": {"type": "string"}}}}},
)
def get_label_studio_config() -> Response:
    """Return the labelling configuration for the exported tasks."""
    return Response(labelling_configuration(), media_type="application/xml")


class ImportFormat(enum.StrEnum):
    """What is imported."""

    JSONL = "jsonl"  # rows of an export
    LABEL_STUDIO = "label-studio"  # its export as JSON


IMPORTED: dict[str, Any] = {
    "requestBody": {
        "required": True,
        "content": {
            "application/jsonl": {"schema": {"type": "string", "format": "binary"}},
            "application/json": {
                "schema": {
                    "type": "array",
                    "items": {"type": "object"},
                    "description": "What Label Studio exports as JSON",
                }
            },
        },
    }
}


@router.post(
    "/import",
    openapi_extra=IMPORTED,
    responses={409: {"model": Problem}, 413: {"model": Problem}, 422: {"model": ImportProblem}},
)
async def import_verdicts(
    request: Request,
    state: State,
    queue: Queue,
    admin: Admin,
    format: ImportFormat = ImportFormat.JSONL,  # noqa: A002 - the name of the parameter
    name: Annotated[
        StoredText | None, Query(description="Who says so, of rows without a person; else you")
    ] = None,
    idempotency_key: Annotated[str | None, Header(min_length=1, max_length=200)] = None,
) -> ImportRead:
    """Take verdicts from elsewhere as opinions on tasks: all of them, or none."""
    # Read here, not declared: so that nothing is read of who may not import.
    content = await request.body()

    def take() -> ImportRead:
        by = name or admin.name
        label_studio = format is ImportFormat.LABEL_STUDIO
        rows = read_label_studio(content) if label_studio else read_jsonl(content, by)
        importer = Importer(state.engine, state.clock, queue.has_product, queue.listeners, uuid4)
        repeatable = None
        if idempotency_key is not None:
            asked = f"{format}\0{by}\0".encode() + content
            repeatable = Repeatable(admin.name, idempotency_key, asked)
        return ImportRead.model_validate(importer.take(rows, repeatable))

    return await run_in_threadpool(take)
