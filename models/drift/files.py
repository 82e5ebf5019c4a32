"""A traffic reference as files of a bundle.

reference.json   bins of scores and shares
ngrams.txt       the known n-grams, ascending, one a line
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from models.drift.reference import TrafficReference
from models.errors import BundleError, ConfigurationError

REFERENCE_FILE = "reference.json"
NGRAMS_FILE = "ngrams.txt"


def save_reference(reference: TrafficReference, directory: Path) -> None:
    """Write the reference into an existing directory."""
    fields = {
        "edges": reference.edges,
        "score_counts": reference.score_counts,
        "unseen_ngrams": reference.unseen_ngrams,
        "truncated": reference.truncated,
    }
    (directory / REFERENCE_FILE).write_text(json.dumps(fields, indent=2) + "\n")
    # No n-gram holds a line end: they are made of letters, digits, underscores, "<" and ">".
    content = "".join(f"{gram}\n" for gram in sorted(reference.known))
    (directory / NGRAMS_FILE).write_bytes(content.encode())


def load_reference(directory: Path) -> TrafficReference:
    """Return the reference; raise BundleError, naming the file that cannot be used."""
    known = _known(directory / NGRAMS_FILE)
    path = directory / REFERENCE_FILE
    try:
        fields: dict[str, Any] = json.loads(path.read_text())
        return TrafficReference(
            edges=tuple(float(edge) for edge in fields["edges"]),
            score_counts=tuple(int(count) for count in fields["score_counts"]),
            known=known,
            unseen_ngrams=float(fields["unseen_ngrams"]),
            truncated=float(fields["truncated"]),
        )
    except ConfigurationError as error:
        raise BundleError(f"{path}: {error}") from error
    except (OSError, ValueError, KeyError, TypeError, OverflowError) as error:
        raise BundleError(f"{path}: cannot be read: {error!r}") from error


def _known(path: Path) -> frozenset[str]:
    try:
        lines = path.read_bytes().decode().split("\n")
    except (OSError, UnicodeDecodeError) as error:
        raise BundleError(f"{path}: cannot be read: {error}") from error
    return frozenset(lines[:-1])
