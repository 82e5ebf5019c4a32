"""Check that a loaded bundle does what it is for: a title finds its own product."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from models.bundle.bundle import Bundle
from models.errors import BundleError
from models.index.base import Rows

TITLES = 64
NEIGHBOURS = 10
SAME_EMBEDDING = 0.999


def self_check(bundle: Bundle) -> None:
    """Raise BundleError naming the first sampled product that its own title does not find.

    The sample is spread evenly over the catalogue, so that a shifted index is seen too. Titles
    in which the encoder knows nothing cannot find anything and are passed over.
    """
    catalogue = bundle.runtime.catalogue
    if not len(catalogue):
        raise BundleError(f"bundle {bundle.bundle_id} has an empty catalogue; train it again")
    rows = np.unique(np.linspace(0, len(catalogue) - 1, TITLES).astype(np.int64))
    embeddings = bundle.runtime.encoder.encode(_titles(bundle, rows))
    found = bundle.runtime.nearest(embeddings, min(NEIGHBOURS, len(catalogue))).rows
    own = (found == rows[:, np.newaxis]).any(axis=1)
    for i in np.flatnonzero(embeddings.any(axis=1) & ~own):
        if not _is_named_alike(bundle, embeddings[i], found[i, 0]):
            raise BundleError(
                f"bundle {bundle.bundle_id} fails its self-check: the title of product"
                f" {catalogue[int(rows[i])].product_id!r} does not find it; its encoder and index"
                " do not belong together. Train it again"
            )


def _is_named_alike(bundle: Bundle, embedding: npt.NDArray[np.float32], row: np.int64) -> bool:
    """Return whether this product's title has the same embedding: then either may be found."""
    other = bundle.runtime.encoder.encode(_titles(bundle, np.array([row])))[0]
    return float(embedding @ other) >= SAME_EMBEDDING


def _titles(bundle: Bundle, rows: Rows) -> list[str]:
    return [bundle.runtime.catalogue[row].title for row in rows.tolist()]
