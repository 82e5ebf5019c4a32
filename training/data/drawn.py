"""Labelled queries to calibrate with: how each was drawn decides what it can prove."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from models.catalogue import Catalogue
from models.errors import WrongStream
from training.data.dataset import Dataset, Rows
from training.data.labelled import check_some_right, known_queries
from training.data.pairs import dataset_of, query_key, read_pairs
from training.data.plain import NO_LIMIT
from training.data.tables import BadRow, Row, Table, check_bad_rows

STREAM, THRESHOLD = "stream", "threshold"
CALIBRATION, AUDIT, REVIEW = "calibration", "audit", "review"
_ROWS_IN_MESSAGE = 20


@dataclass(frozen=True, slots=True)
class Drawn:
    """How the query that begins on this line was drawn.

    `served_threshold` is that which had accepted an audited query; None for a draw from all
    traffic.
    """

    line: int
    served_threshold: float | None


@dataclass(frozen=True, slots=True, eq=False)
class DrawnQueries:
    """Labelled queries, how each of them was drawn, and the rows that were left out."""

    file: Path
    dataset: Dataset
    drawn: tuple[Drawn, ...]
    bad_rows: tuple[BadRow, ...]

    def __len__(self) -> int:
        """Return the number of queries."""
        return len(self.drawn)

    @property
    def audits(self) -> int:
        """Return how many were drawn from what was answered by machine."""
        return sum(one.served_threshold is not None for one in self.drawn)

    def subset(self, rows: Rows) -> DrawnQueries:
        """Return the queries at these rows, in this order."""
        drawn = tuple(self.drawn[row] for row in rows.tolist())
        return replace(self, dataset=self.dataset.subset(rows), drawn=drawn)


def load_drawn(pairs_file: Path, catalogue: Catalogue, *, max_bad_rows: int = 0) -> DrawnQueries:
    """Return the labelled queries of a table of pairs, read as `load_labelled` does.

    Its column `stream` says how a query was drawn. `calibration`, which an empty one means too: at
    random from all traffic. `audit`: at random from what was answered by machine, with the
    threshold that was in force in the column `threshold`. Raise WrongStream naming each row whose
    stream is `review`: those were chosen by a low score, and prove nothing of what was answered.
    """
    table = read_pairs(pairs_file, max_bad_rows=NO_LIMIT)
    _refuse_review(table, pairs_file.name)
    drawn, bad = _drawn(table, pairs_file.name)
    usable = tuple(_stripped(row) for row in table.rows if row.line in drawn)
    queries, contradicted = known_queries(Table(usable, ()), pairs_file, catalogue)
    bad_rows = (*table.bad_rows, *bad, *contradicted)
    check_bad_rows(bad_rows, max_bad_rows)
    check_some_right(queries, pairs_file)
    return DrawnQueries(
        file=pairs_file,
        dataset=dataset_of(queries, catalogue.products),
        drawn=tuple(drawn[query.first.line] for query in queries),
        bad_rows=bad_rows,
    )


def _refuse_review(table: Table, file: str) -> None:
    refused = [row.line for row in table.rows if row.attributes.get(STREAM) == REVIEW]
    if not refused:
        return
    shown = ", ".join(f"{file}:{line}" for line in refused[:_ROWS_IN_MESSAGE])
    more = f" and {len(refused) - _ROWS_IN_MESSAGE} more" if len(refused) > _ROWS_IN_MESSAGE else ""
    raise WrongStream(
        f"{len(refused)} rows are of the stream {REVIEW!r} ({shown}{more}): these queries went to"
        " people because of their low score, so they cannot certify a threshold. Leave them out;"
        " use them to train"
    )


def _drawn(table: Table, file: str) -> tuple[dict[int, Drawn], list[BadRow]]:
    """Return how each usable row was drawn, by its line, and the rows that do not say it."""
    found: dict[int, Drawn] = {}
    first: dict[tuple[str, ...], Drawn] = {}
    bad = []
    for row in table.rows:
        drawn = _of_row(row)
        if isinstance(drawn, Drawn):
            drawn = _agreeing(drawn, first.setdefault(query_key(row), drawn))
        if isinstance(drawn, str):
            bad.append(BadRow(file, row.line, drawn))
        else:
            found[row.line] = drawn
    return found, bad


def _of_row(row: Row) -> Drawn | str:
    """Return how the row's query was drawn, or why that cannot be said."""
    stream = row.attributes.get(STREAM, CALIBRATION)
    threshold = row.attributes.get(THRESHOLD)
    if stream == CALIBRATION:
        if threshold is not None:
            return f"has a {THRESHOLD}, which only rows of the stream {AUDIT!r} have"
        return Drawn(row.line, None)
    if stream != AUDIT:
        return f"column {STREAM!r} is {stream!r}, neither {CALIBRATION!r} nor {AUDIT!r}"
    value = _number(threshold)
    if value is None:
        given = "is missing" if threshold is None else f"is {threshold!r}, not a number"
        return f"column {THRESHOLD!r} {given}: an audit needs the one that had accepted its query"
    return Drawn(row.line, value)


def _agreeing(drawn: Drawn, first: Drawn) -> Drawn | str:
    if drawn.served_threshold == first.served_threshold:
        return drawn
    return (
        f"the query was drawn in another way than on line {first.line}; if it was asked twice, give"
        " each its own query_id"
    )


def _number(text: str | None) -> float | None:
    try:
        value = float(text or "")
    except ValueError:
        return None
    return value if math.isfinite(value) else None


def _stripped(row: Row) -> Row:
    """Return the row without the columns that say how it was drawn: they are no attributes."""
    attributes: Mapping[str, str] = {
        name: value for name, value in row.attributes.items() if name not in (STREAM, THRESHOLD)
    }
    return replace(row, attributes=attributes)
