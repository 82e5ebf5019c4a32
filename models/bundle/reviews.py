"""What a bundle says of the review labels that it was trained with."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import numpy as np
from pydantic import BaseModel, ConfigDict, Field

from models.arrays import read_arrays
from models.calibration.fingerprints import Digests, digests

REVIEWED_FILE = "reviewed.npz"

Counts = dict[str, Annotated[int, Field(ge=0)]]


class ReviewSource(BaseModel):
    """One export: where it came from, the digest of its bytes, and what became of its labels.

    `used` has the labels that were learnt from, by what they say; `refused` those that belong to
    other streams, by stream; `left_out` all others, by reason.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    source: str
    sha256: Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
    used: Counts
    refused: Counts
    left_out: Counts


class ReviewReport(BaseModel):
    """All exports that a model was trained with."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    sources: tuple[ReviewSource, ...]

    @property
    def used(self) -> int:
        """Return how many labels were learnt from."""
        return sum(sum(one.used.values()) for one in self.sources)

    @property
    def labels(self) -> int:
        """Return how many labels there were in all."""
        return self.used + sum(
            sum(one.refused.values()) + sum(one.left_out.values()) for one in self.sources
        )

    def total(self, kind: str) -> Counter[str]:
        """Return the counts of `used`, `refused` or `left_out` of all sources together."""
        found: Counter[str] = Counter()
        for one in self.sources:
            found.update(getattr(one, kind))
        return found


def write_reviewed(texts: Sequence[str], directory: Path) -> None:
    """Write the digests of queries into a bundle, so that it is known that it learnt them."""
    np.savez_compressed(directory / REVIEWED_FILE, queries=np.unique(digests(texts)))


def read_reviewed(directory: Path) -> Digests:
    """Return the digests of the reviewed queries that a bundle learnt from; none without any.

    Raise BundleError when the file is damaged.
    """
    path = directory / REVIEWED_FILE
    if not path.exists():
        return np.empty(0, np.uint64)
    found: Digests = read_arrays(path, {"queries": np.uint64})["queries"]
    return found
