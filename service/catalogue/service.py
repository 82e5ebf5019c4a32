"""Finding a product that the model did not propose."""

from __future__ import annotations

import threading

import numpy as np
import numpy.typing as npt

from models.bundle.bundle import Bundle
from models.runtime import Runtime
from models.text import words
from service.catalogue.found import Found, MatchedBy
from service.catalogue.word_index import NOT_AT_ALL, WordIndex

NEAREST = 50  # products whose vectors are most like the query's
_FAR = NEAREST  # the place of all others

Rows = npt.NDArray[np.int64]


class CatalogueSearch:
    """Searches the catalogue of one bundle after the other. Safe to use from any thread."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._indexed: tuple[str, WordIndex] | None = None

    def search(self, bundle: Bundle, query: str, limit: int) -> list[Found]:
        """Return at most `limit` products, each once.

        First comes the one with this id, then those whose titles have all words of the query, then
        those whose vectors are most like it. Neither training queries nor the decider take part:
        what they think of a query is not to be seen by whoever answers it.
        """
        runtime = bundle.runtime
        with_id = runtime.catalogue.find(query)
        found = {} if with_id is None else {with_id.product_id: Found(with_id, MatchedBy.ID)}
        nearest = _nearest(runtime, query)
        with_words = _with_all_words(self._index_of(bundle), query, nearest, limit + 1)
        for rows, reason in ((with_words, MatchedBy.WORDS), (nearest, MatchedBy.SIMILARITY)):
            for row in rows.tolist():
                product = runtime.catalogue[row]
                found.setdefault(product.product_id, Found(product, reason))
        return list(found.values())[:limit]

    def _index_of(self, bundle: Bundle) -> WordIndex:
        """Return the words of the bundle's titles; they are read when they are first needed."""
        with self._lock:
            if self._indexed is None or self._indexed[0] != bundle.bundle_id:
                titles = [product.title for product in bundle.runtime.catalogue.products]
                self._indexed = (bundle.bundle_id, WordIndex.of(titles))
            return self._indexed[1]


def _nearest(runtime: Runtime, query: str) -> Rows:
    """Return the rows of the products most like the query; none where nothing of it is known."""
    vectors = runtime.encoder.encode([query])
    if not vectors.any():
        return np.empty(0, np.int64)
    rows: Rows = runtime.index.search(vectors, NEAREST).rows[0]
    return rows[rows >= 0]


def _with_all_words(index: WordIndex, query: str, nearest: Rows, most: int) -> Rows:
    """Return the rows of titles with all words of the query, whole words before parts of words.

    Among equals those come first that are most like the query, then those of the smaller row.
    """
    parts = list(dict.fromkeys(words(query)))
    if not parts:
        return np.empty(0, np.int64)
    occurrences = [index.occurrence(part) for part in parts]
    rows = np.flatnonzero(np.minimum.reduce(occurrences) > NOT_AT_ALL)
    wholeness = np.add.reduce([one[rows].astype(np.int64) for one in occurrences])
    order = np.lexsort((rows, _places(rows, nearest), -wholeness))
    return rows[order[:most]]


def _places(rows: Rows, nearest: Rows) -> Rows:
    """Return where among the nearest each row is."""
    order = np.argsort(nearest)
    known = nearest[order]
    if not len(known):
        return np.full(len(rows), _FAR)
    at = np.minimum(np.searchsorted(known, rows), len(known) - 1)
    return np.where(known[at] == rows, order[at], _FAR)
