"""The baseline that needs no training: cosine of character 2-4-gram TF-IDF."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from sklearn.feature_extraction.text import TfidfVectorizer

from models.index.base import Neighbours

BLOCK = 512


def tfidf_neighbours(queries: Sequence[str], titles: Sequence[str], k: int) -> Neighbours:
    """Return the k titles nearest to each query, best first, ties by the smaller row.

    The vectoriser is fitted on the titles: they are what is known before any query arrives.
    """
    vectoriser = TfidfVectorizer(analyzer="char_wb", ngram_range=(2, 4), dtype=np.float32)
    products = vectoriser.fit_transform(titles).T.tocsr()
    asked = vectoriser.transform(queries)
    k = min(k, len(titles))
    scores = np.empty((len(queries), k), dtype=np.float32)
    rows = np.empty((len(queries), k), dtype=np.int64)
    for start in range(0, len(queries), BLOCK):
        block = (asked[start : start + BLOCK] @ products).toarray()
        best = np.argpartition(-block, k - 1, axis=1)[:, :k]
        best.sort(axis=1)
        values = np.take_along_axis(block, best, axis=1)
        order = np.argsort(-values, axis=1, kind="stable")
        rows[start : start + BLOCK] = np.take_along_axis(best, order, axis=1)
        scores[start : start + BLOCK] = np.take_along_axis(values, order, axis=1)
    return Neighbours(scores, rows)
