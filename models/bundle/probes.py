"""Texts with the answers a bundle gave when it was made: what is loaded must still give them."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np

from models.errors import BundleError
from models.index.base import Neighbours
from models.runtime import Runtime

PROBES_FILE = "probes.json"
PROBES = 64
CANDIDATES = 10
# Another processor or library moves a cosine by 1e-5 at most; another encoder or index by 0.1.
# Between the two, this is too little to change what a threshold means.
TOLERANCE = 1e-3


@dataclass(frozen=True, slots=True)
class Probe:
    """A text, and the catalogue rows and scores of its candidates, best first."""

    text: str
    rows: tuple[int, ...]
    scores: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Difference:
    """A probe that is answered otherwise than before, and how."""

    probe: Probe
    reason: str


def take_probes(runtime: Runtime) -> tuple[Probe, ...]:
    """Return what the whole served path answers to at most `PROBES` titles.

    They are spread evenly over the catalogue, so that an index that is wrong in one part is seen
    too. A title need not find its own product: what a product is searched by may be more than its
    title.
    """
    catalogue = runtime.catalogue
    if not len(catalogue):
        return ()
    chosen = np.unique(np.linspace(0, len(catalogue) - 1, PROBES).astype(np.int64))
    texts = [catalogue[row].title for row in chosen.tolist()]
    return _answered(runtime, texts)


def differences(runtime: Runtime, probes: tuple[Probe, ...]) -> tuple[Difference, ...]:
    """Return the probes to which this runtime gives other answers, in the order of the probes."""
    found = _answered(runtime, [probe.text for probe in probes])
    compared = ((probe, _difference(probe, now)) for probe, now in zip(probes, found, strict=True))
    return tuple(Difference(probe, reason) for probe, reason in compared if reason)


def write_probes(probes: tuple[Probe, ...], path: Path) -> None:
    """Write them as JSON, one probe a line."""
    lines = (json.dumps(asdict(probe)) for probe in probes)
    path.write_text("[\n" + ",\n".join(lines) + "\n]\n")


def read_probes(path: Path, products: int) -> tuple[Probe, ...]:
    """Return the probes over a catalogue of so many products.

    Raises BundleError, naming the file, when it is missing or its content is not that.
    """
    try:
        probes = tuple(_probe(fields, products) for fields in json.loads(path.read_text()))
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise BundleError(f"{path}: cannot be read: {error!r}") from error
    return probes


def _answered(runtime: Runtime, texts: list[str]) -> tuple[Probe, ...]:
    if not texts:
        return ()
    found = runtime.candidates(texts, min(CANDIDATES, len(runtime.catalogue)))
    return tuple(_recorded(text, found, i) for i, text in enumerate(texts))


def _recorded(text: str, found: Neighbours, query: int) -> Probe:
    present = found.rows[query] >= 0
    rows, scores = found.rows[query][present], found.scores[query][present]
    return Probe(text, tuple(rows.tolist()), tuple(scores.astype(np.float64).round(6).tolist()))


def _difference(expected: Probe, found: Probe) -> str | None:
    """Return how two answers differ, or None.

    Products whose scores are as good as equal may change places, and the last ones may give way
    to products that scored as much.
    """
    if len(expected.rows) != len(found.rows):
        return f"finds {len(found.rows)} products instead of {len(expected.rows)}"
    now = dict(zip(found.rows, found.scores, strict=True))
    certain = min(found.scores, default=0.0) + TOLERANCE
    for row, score in zip(expected.rows, expected.scores, strict=True):
        if row not in now and score > certain:
            return f"does not find row {row}, which scored {score:.4f}"
        if abs(now.get(row, score) - score) > TOLERANCE:
            return f"finds row {row} with the score {now[row]:.4f} instead of {score:.4f}"
    return _other_scores(expected, found)


def _other_scores(expected: Probe, found: Probe) -> str | None:
    """Return the first rank with another score: a product may have come that was not there."""
    pairs = zip(expected.scores, found.scores, strict=True)
    for rank, (before, now) in enumerate(pairs, start=1):
        if abs(before - now) > TOLERANCE:
            return f"has the score {now:.4f} at rank {rank} instead of {before:.4f}"
    return None


def _probe(fields: dict[str, object], products: int) -> Probe:
    rows, scores = fields["rows"], fields["scores"]
    if not isinstance(rows, list) or not isinstance(scores, list) or len(rows) != len(scores):
        raise ValueError("a probe needs as many scores as rows")
    if not all(isinstance(row, int) and 0 <= row < products for row in rows):
        raise ValueError(f"rows {rows} are not all among the {products} products")
    return Probe(str(fields["text"]), tuple(rows), tuple(float(score) for score in scores))
