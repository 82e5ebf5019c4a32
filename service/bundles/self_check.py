"""Check that a loaded bundle does what it is for: a title finds its own product."""

from __future__ import annotations

import numpy as np

from models.bundle.bundle import Bundle
from models.errors import BundleError

TITLES = 64
NEIGHBOURS = 10
# Another product with the very same embedding may stand before a product's own.
SAME = 0.999


def self_check(bundle: Bundle) -> None:
    """Raise BundleError naming the first sampled product that its own title does not find.

    The sample is spread evenly over the catalogue, so that a shifted index is seen too. Titles
    in which the encoder knows nothing cannot find anything and are passed over.
    """
    catalogue = bundle.runtime.catalogue
    if not len(catalogue):
        raise BundleError(f"bundle {bundle.bundle_id} has an empty catalogue; train it again")
    rows = np.unique(np.linspace(0, len(catalogue) - 1, TITLES).astype(np.int64))
    embeddings = bundle.runtime.encoder.encode([catalogue[int(row)].title for row in rows])
    known = embeddings.any(axis=1)
    found = bundle.runtime.nearest(embeddings, min(NEIGHBOURS, len(catalogue)))
    own = (found.rows == rows[:, np.newaxis]).any(axis=1) | (found.scores[:, 0] >= SAME)
    for row in rows[known & ~own]:
        raise BundleError(
            f"bundle {bundle.bundle_id} fails its self-check: the title of product"
            f" {catalogue[int(row)].product_id!r} does not find it; its encoder and index do not"
            " belong together. Train it again"
        )
