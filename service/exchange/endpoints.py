"""HTTP of exports and imports.

All of it needs the scope `admin`: it says which labels were audits, and what the model thought of
each candidate. Whoever annotates must not know that, or audits would not be blind.
"""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Response
from fastapi.responses import StreamingResponse
from pydantic import AwareDatetime

from service.access.actor import Scope
from service.access.dependencies import require
from service.database.tables import TaskState
from service.exchange.exporting import MEDIA_TYPES, Exporter
from service.exchange.label_studio.config import labelling_configuration
from service.exchange.options import Chosen, ExportOptions, Format, LabelStream, Rows
from service.problems import Problem
from service.review.cursor import decode_place
from service.review.schemas import StoredText
from service.state import State

LAST_CURSOR = "X-Last-Cursor"

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
