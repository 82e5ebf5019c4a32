"""The JSON lines of queries and labels: each is read or reported, one at a time."""

from __future__ import annotations

from array import array
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import orjson

from models.catalogue import Product
from training.data.files import open_bytes
from training.data.tables import MAX_TEXT_CHARACTERS, BadRow, text_fault
from training.data.xmc.text import XmcText


@dataclass(frozen=True, slots=True)
class Labels:
    """The labels that can be used, and the numbers of those that cannot, of `count` altogether."""

    file: str
    products: tuple[Product, ...]
    unusable: frozenset[int]
    count: int


@dataclass(frozen=True, slots=True)
class Queries:
    """The usable queries of all parts so far, in the compressed form of a sparse matrix."""

    texts: list[str] = field(default_factory=list)
    columns: array[int] = field(default_factory=lambda: array("i"))
    lengths: array[int] = field(default_factory=lambda: array("i"))


@dataclass(frozen=True, slots=True)
class Part:
    """Which of the lines of a file are usable queries: `lines[i]` is the 0-based line of query i.

    `first` is the place of its first query among those of all parts.
    """

    file: str
    first: int
    lines: array[int]
    count: int


def read_labels(path: Path, text: XmcText, bad: list[BadRow]) -> Labels:
    """Return the labels, adding what is wrong to `bad`; the line number is the label's id."""
    products: list[Product] = []
    unusable: set[int] = set()
    uids = _Uids(required=True)
    line = 0
    for line, entry in _entries(path):
        fault = entry if isinstance(entry, str) else _text_fault(entry, text)
        fault = fault or uids.fault(line, entry)
        if fault is not None:
            unusable.add(line - 1)
            bad.append(BadRow(path.name, line, fault))
        else:
            products.append(Product(str(entry["uid"]), _text(entry, text)))
    return Labels(path.name, tuple(products), frozenset(unusable), line)


def read_part(
    path: Path, text: XmcText, labels: Labels, queries: Queries, bad: list[BadRow]
) -> Part:
    """Add the usable queries of one part to `queries` and what is wrong with others to `bad`."""
    part = Part(path.name, len(queries.texts), array("i"), 0)
    uids = _Uids(required=False)
    line = 0
    for line, entry in _entries(path):
        fault = entry if isinstance(entry, str) else _text_fault(entry, text)
        fault = fault or _label_fault(entry, labels) or uids.fault(line, entry)
        if fault is not None:
            bad.append(BadRow(path.name, line, fault))
            continue
        queries.texts.append(_text(entry, text))
        queries.columns.extend(entry["target_ind"])
        queries.lengths.append(len(entry["target_ind"]))
        part.lines.append(line - 1)
    return Part(part.file, part.first, part.lines, line)


def _entries(path: Path) -> Iterator[tuple[int, Any]]:
    """Yield each line's number, from 1, and its JSON object or what is wrong with it."""
    with open_bytes(path) as stream:
        for line, content in enumerate(stream, start=1):
            try:
                entry = orjson.loads(content)
            except orjson.JSONDecodeError as error:
                yield line, f"is not valid JSON: {error}"
                continue
            yield line, entry if isinstance(entry, dict) else "is not a JSON object"


def _text(entry: dict[str, Any], text: XmcText) -> str:
    content = entry.get("content") if text is XmcText.TITLE_AND_CONTENT else None
    whole = f"{entry.get('title') or ''} {content or ''}"
    return whole.strip()[:MAX_TEXT_CHARACTERS].strip()


def _text_fault(entry: dict[str, Any], text: XmcText) -> str | None:
    for name in ("title", "content"):
        if not isinstance(entry.get(name), str | None):
            return f"{name!r} is not a text"
    fault = text_fault(_text(entry, text))
    return None if fault is None else f"its {text.value} {fault}"


def _label_fault(entry: dict[str, Any], labels: Labels) -> str | None:
    targets = entry.get("target_ind")
    if not isinstance(targets, list) or not all(type(one) is int for one in targets):
        return "'target_ind' is not a list of integers"
    if not targets:
        return "has no label"
    relevances = entry.get("target_rel")
    if isinstance(relevances, list) and len(relevances) != len(targets):
        return f"{len(targets)} labels in 'target_ind', {len(relevances)} in 'target_rel'"
    for one in (min(targets), max(targets)):
        if not 0 <= one < labels.count:
            return f"label {one} is out of range: {labels.file} has {labels.count}"
    if labels.unusable.issuperset(targets):
        return f"all its labels are unusable rows of {labels.file}"
    return None


class _Uids:
    """Finds the uid that was there before."""

    def __init__(self, *, required: bool) -> None:
        self._required = required
        self._line: dict[str, int] = {}

    def fault(self, line: int, entry: dict[str, Any]) -> str | None:
        uid = entry.get("uid")
        if uid is None and not self._required:
            return None
        if not isinstance(uid, str | int) or text_fault(str(uid)) is not None:
            return f"uid {uid!r} is not an identifier"
        first = self._line.setdefault(str(uid), line)
        return None if first == line else f"uid {uid!r} is already on line {first}"
