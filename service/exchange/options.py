"""What is exported, and what cannot be asked for together."""

from __future__ import annotations

import enum
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from service.database.tables import TaskState
from service.errors import ExportOptionsConflict

Place = tuple[datetime, UUID]
"""Of a row in its order: when it was made, and its id."""


class Format(enum.StrEnum):
    """How an export is written."""

    JSONL = "jsonl"
    CSV = "csv"
    PARQUET = "parquet"
    LABEL_STUDIO = "label-studio"


class Rows(enum.StrEnum):
    """What a row is."""

    VERDICTS = "verdicts"  # everything that people said, also what was taken back
    PAIRS = "pairs"  # final labels of one stream, as training reads them


class LabelStream(enum.StrEnum):
    """What a label may be used for.

    A label that was drawn at random belongs to the streams for which it was drawn, and to no
    other; all others are review labels.
    """

    REVIEW = "review"
    AUDIT = "audit"
    CALIBRATION = "calibration"


@dataclass(frozen=True, slots=True)
class Chosen:
    """Which rows are wanted; None: all."""

    since: datetime | None = None
    stream: LabelStream | None = None
    state: TaskState | None = None
    bundle_id: str | None = None


@dataclass(frozen=True, slots=True)
class ExportOptions:
    """What somebody asked for. `after` is the place of the last row that they have."""

    format: Format = Format.JSONL
    rows: Rows = Rows.VERDICTS
    chosen: Chosen = Chosen()
    after: Place | None = None
    persons: bool = False  # by their names
    predictions: bool = True  # of tasks for Label Studio

    def check(self) -> None:
        """Raise ExportOptionsConflict where the answer would mix what must be kept apart."""
        if self.format is Format.LABEL_STUDIO:
            _check_tasks(self.rows, self.chosen)
        elif self.rows is Rows.PAIRS:
            _check_pairs(self.chosen, self.after)


def _check_tasks(rows: Rows, chosen: Chosen) -> None:
    if rows is Rows.PAIRS or chosen.stream is not None:
        raise ExportOptionsConflict(
            "format=label-studio gives tasks that wait for an answer: leave out 'rows' and 'stream'"
        )


def _check_pairs(chosen: Chosen, after: Place | None) -> None:
    if chosen.stream is None:
        raise ExportOptionsConflict(
            "rows=pairs needs 'stream': labels of different streams prove different things"
        )
    if chosen.stream is LabelStream.AUDIT and chosen.bundle_id is None:
        raise ExportOptionsConflict(
            "rows=pairs of the stream audit needs 'bundle_id': thresholds are those of one bundle"
        )
    if after is not None or chosen.state is not None:
        raise ExportOptionsConflict(
            "rows=pairs are the labels as they are now: leave out 'after' and 'state', and read"
            " all of them anew"
        )
