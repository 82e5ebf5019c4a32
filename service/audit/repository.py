"""SQL of samples. Nothing here commits: the caller owns the transaction."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from typing import cast

from sqlalchemy import Connection, Table

from service.audit.samples import NewSample
from service.clock import SqlClock
from service.database.recordset import as_json, insert_created
from service.database.tables import LabelSampleRow

_samples = cast("Table", LabelSampleRow.__table__)


def insert_samples(connection: Connection, clock: SqlClock, samples: Sequence[NewSample]) -> None:
    """Insert samples in one statement; their decisions and tasks must be there."""
    if samples:
        rows = as_json([asdict(sample) for sample in samples])
        connection.execute(insert_created(_samples, clock), {"rows": rows})
