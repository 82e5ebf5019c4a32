"""Texts with the answers a bundle gave when it was made: what is loaded must still give them."""

from __future__ import annotations

import json
import math
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np

from models.bundle.probe import Probe, difference
from models.encoder import FloatMatrix
from models.errors import BundleError
from models.index.base import SCORE_DECIMALS, Neighbours
from models.runtime import Runtime

PROBES_FILE = "probes.json"
PROBES = 64
CANDIDATES = 10


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
    compared = ((probe, difference(probe, now)) for probe, now in zip(probes, found, strict=True))
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
    return Probe(
        text,
        tuple(found.rows[query][present].tolist()),
        _rounded(found.scores[query][present]),
        () if found.probabilities is None else _judged(found.probabilities[query][present]),
    )


def _rounded(values: FloatMatrix) -> tuple[float, ...]:
    return tuple(values.astype(np.float64).round(SCORE_DECIMALS).tolist())


def _judged(probabilities: FloatMatrix) -> tuple[float | None, ...]:
    return tuple(None if math.isnan(one) else one for one in _rounded(probabilities))


def _probe(fields: dict[str, Any], products: int) -> Probe:
    rows = tuple(fields["rows"])
    if not all(isinstance(row, int) and 0 <= row < products for row in rows):
        raise ValueError(f"rows {rows} are not all among the {products} products")
    scores = tuple(float(score) for score in fields["scores"])
    # Probes that were taken before there was a decider lack them.
    probabilities = fields.get("probabilities", ())
    judged = tuple(None if one is None else float(one) for one in probabilities)
    return Probe(str(fields["text"]), rows, scores, judged)
