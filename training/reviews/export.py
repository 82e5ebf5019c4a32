"""One export as rows that say something: verdicts, or the labels of a table of pairs."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from itertools import chain
from pathlib import Path

from models.errors import DataError
from training.data.formats.cells import Cells, NumberedRow
from training.data.tables import BadRow, numbered_rows
from training.reviews.label import Label, Place
from training.reviews.rows import Answer, PairRow, VerdictRow, pair_cells, parsed

VERDICT_COLUMNS = frozenset(VerdictRow.model_fields)
PAIR_COLUMNS = frozenset({"query_id", "query", "product_id", "stream"})


@dataclass(frozen=True, slots=True)
class Said:
    """Something that a person said, and what had become of it when it was exported.

    `supersedes` is the id of what it takes the place of, "" where nothing.
    """

    id: str
    answer: Answer
    supersedes: str
    current: bool
    final: bool
    label: Label


@dataclass(frozen=True, slots=True)
class Export:
    """What one export says, in its order, and the rows of it that are bad."""

    said: tuple[Said, ...]
    bad_rows: tuple[BadRow, ...]


def read_export(path: Path, name: str, number: int) -> Export:
    """Return what the export says; `name` and `number` are those of its source.

    Raise DataError when it cannot be read or is no export of verdicts or pairs.
    """
    rows = numbered_rows(path)
    first = next(rows, None)
    if first is None:
        return Export((), ())
    every = chain([first], rows)
    columns = frozenset() if isinstance(first[1], str) else frozenset(first[1])
    if columns >= VERDICT_COLUMNS:
        return _verdicts(every, name, number)
    if columns >= PAIR_COLUMNS:
        return _pairs(every, name, number)
    if isinstance(first[1], str):
        raise DataError(f"{name}:{first[0]}: {first[1]}; an export begins with a whole row")
    raise DataError(
        f"{name} is no export of reviews: verdicts have the columns"
        f" {', '.join(sorted(VERDICT_COLUMNS))}; pairs have {', '.join(sorted(PAIR_COLUMNS))}; it"
        f" has {', '.join(sorted(columns))}"
    )


def _verdicts(rows: Iterable[NumberedRow], name: str, number: int) -> Export:
    said, bad = [], []
    for line, cells in rows:
        row = cells if isinstance(cells, str) else parsed(VerdictRow, cells)
        if isinstance(row, str):
            bad.append(BadRow(name, line, row))
        else:
            said.append(_of_verdict(row, Place(number, name, line)))
    return Export(tuple(said), tuple(bad))


def _of_verdict(row: VerdictRow, place: Place) -> Said:
    label = Label(place, row.query, row.source, row.attributes, row.product_ids, row.streams)
    return Said(row.verdict_id, row.answer, row.supersedes, row.current, row.final, label)


def _pairs(rows: Iterable[NumberedRow], name: str, number: int) -> Export:
    labels: dict[str, Label] = {}
    bad: list[BadRow] = []
    broken = set()
    for line, cells in rows:
        row = cells if isinstance(cells, str) else parsed(PairRow, pair_cells(cells))
        fault = row if isinstance(row, str) else _taken(row, labels, Place(number, name, line))
        if fault:
            bad.append(BadRow(name, line, fault))
            broken |= _ids(cells)
    # With a product missing, the others would be learnt as all that is right.
    said = (_of_pairs(one, label) for one, label in labels.items() if one not in broken)
    return Export(tuple(said), tuple(bad))


def _taken(row: PairRow, labels: dict[str, Label], place: Place) -> str | None:
    """Add a pair to its label, or return why it contradicts the earlier ones."""
    products = (row.product_id,) if row.product_id else ()
    streams = frozenset({row.stream})
    own = Label(place, row.query, row.source, row.attributes, products, streams)
    known = labels.setdefault(row.query_id, own)
    if known is own:
        return None
    if replace(own, place=known.place, product_ids=known.product_ids) != known:
        return f"differs in more than its product from line {known.place.line}, same query_id"
    if not products or not known.product_ids:
        return f"says that no product is right, or line {known.place.line} does; same query_id"
    labels[row.query_id] = replace(known, product_ids=(*known.product_ids, *products))
    return None


def _ids(cells: Cells | str) -> set[str]:
    return set() if isinstance(cells, str) else {str(cells.get("query_id"))}


def _of_pairs(query_id: str, label: Label) -> Said:
    answer: Answer = "accepted" if label.product_ids else "none"
    return Said(query_id, answer, "", current=True, final=True, label=label)


def everything(exports: Iterable[Export]) -> Iterator[Said]:
    """Yield what all exports say, in their order."""
    return chain.from_iterable(one.said for one in exports)
