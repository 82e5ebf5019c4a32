"""The products that a model answers with, less those that are filtered for a query."""

from __future__ import annotations

from collections.abc import Callable

from models.encoder import FloatMatrix
from models.index.base import Neighbours
from models.index.ranking import first
from models.runtime import Runtime
from training.data.dataset import Dataset
from training.evaluation.filters import drop_filtered, search_depth
from training.evaluation.tfidf import tfidf_neighbours


def answers(runtime: Runtime, queries: Dataset, k: int) -> Neighbours:
    """Return the best k products of each query through the served path."""
    embeddings = runtime.encoder.encode(queries.texts)
    found = searched(runtime, queries, embeddings, runtime.depth(k))
    return first(runtime.decided(queries.texts, queries.attributes, embeddings, found), k)


def first_stage(runtime: Runtime, queries: Dataset, k: int) -> Neighbours:
    """Return the k products of each query that the search ranks highest, whatever decides."""
    return searched(runtime, queries, runtime.encoder.encode(queries.texts), k)


def searched(runtime: Runtime, queries: Dataset, embeddings: FloatMatrix, k: int) -> Neighbours:
    """Return what the search finds for these queries, before it is decided."""
    found = runtime.nearest(embeddings, search_depth(k, queries.filtered))
    return drop_filtered(found, queries.filtered, k)


def tfidf_answers(
    queries: Dataset,
    train: Dataset,
    k: int,
    on_queries: Callable[[int, int], None] | None = None,
) -> Neighbours:
    """Return the same of the baseline that needs no training."""
    found = tfidf_neighbours(
        queries.texts,
        [product.title for product in queries.products],
        search_depth(k, queries.filtered),
        weights_from=train.texts,
        on_queries=on_queries,
    )
    return drop_filtered(found, queries.filtered, k)
