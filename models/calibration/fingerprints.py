"""Digests of the texts that a calibration was made of: a text is known again, but not readable."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from models.calibration.scores import Flags
from models.text import normalised

Digests = npt.NDArray[np.uint64]
_BYTES = 8  # among a million texts, two have one digest by chance once in 37 million calibrations


@dataclass(frozen=True, slots=True, eq=False)
class Fingerprints:
    """One digest for each labelled query (labels,) and each unlabelled one (queries,)."""

    labels: Digests
    unlabelled: Digests


def digests(texts: Sequence[str]) -> Digests:
    """Return a digest of each text, the same for those that differ in case, width or spaces only.

    The first 8 bytes of a SHA-256 over the text in NFKC, case-folded, with single spaces. A lone
    surrogate, which no UTF-8 can spell, counts as a question mark.
    """
    found = (
        hashlib.sha256(normalised(text).encode(errors="replace")).digest()[:_BYTES]
        for text in texts
    )
    return np.frombuffer(b"".join(found), dtype="<u8").astype(np.uint64)


def repeated(texts: Sequence[str], known: Digests) -> Flags:
    """Return which of the texts (texts,) have one of the known digests."""
    return np.isin(digests(texts), known)
