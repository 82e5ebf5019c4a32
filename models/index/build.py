"""Choose the index of a catalogue by measuring it."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from models.encoder import FloatMatrix
from models.errors import DataError
from models.index.base import VectorIndex
from models.index.faiss_index import FaissIndex
from models.index.flat import FlatIndex
from models.index.hnsw import HnswIndex
from models.index.quantised import QuantisedIndex

Scores = npt.NDArray[np.float32]

RECALL_AT = 10
# The exact scores that are compared were rounded to six decimals.
TIE = 1e-6
K_FACTORS = (10, 20, 40, 80, 160)
SEARCH_WIDTHS = (64, 128, 256, 512)
TIMED_QUERIES = 100


@dataclass(frozen=True, slots=True)
class IndexReport:
    """What was chosen, and what was measured; times are milliseconds of a single query."""

    kind: str
    products: int
    parameters: Mapping[str, float]
    recall_at_10: float
    queries: int
    milliseconds_per_query: float
    exact_milliseconds_per_query: float


def build_index(
    vectors: FloatMatrix,
    queries: FloatMatrix,
    *,
    seed: int,
    exact_limit: int = 50_000,
    recall_target: float = 0.99,
    sample: int = 1_000,
) -> tuple[VectorIndex, IndexReport]:
    """Return an index whose row i is `vectors[i]`, and the report on how it was chosen.

    Up to `exact_limit` products are searched exactly. Above it, settings are tried from cheap to
    dear until one reaches `recall_target`, measured as recall@10 against exact search on at
    most `sample` of the `queries` (embeddings of real queries that calibration does not use). A
    setting must reach it on each half of the sample, so that luck on one half does not choose
    it; the reported recall is that of the second. When none does, search is exact after all.
    Raises DataError on empty input.
    """
    if not len(vectors) or not len(queries):
        raise DataError("an index needs at least one product and one query to be measured with")
    exact = FlatIndex.empty(vectors.shape[1])
    exact.add(np.arange(len(vectors)), vectors)
    measured_with = _sampled(queries, sample, seed)
    if len(vectors) <= exact_limit:
        return exact, _report(exact, exact, 1.0, measured_with)
    index, reached = _chosen(exact, vectors, measured_with, seed, recall_target)
    return index, _report(index, exact, reached, measured_with)


def recall(index: VectorIndex, vectors: FloatMatrix, queries: FloatMatrix, kth: Scores) -> float:
    """Return recall@10 in 0..1: the share of results whose exact score reaches the exact 10th.

    `vectors` are the products by row, `kth` the exact 10th score of each query. A product that
    ties with the 10th counts as found: which of the tied ones is returned does not matter.
    """
    count = min(RECALL_AT, len(vectors))
    rows = index.search(queries, count).rows
    scores = np.einsum("qd,qkd->qk", queries, vectors[rows])
    reaching = (rows >= 0) & (scores >= kth[:, np.newaxis] - TIE)
    return float(reaching.mean())


def _candidates(vectors: FloatMatrix, seed: int) -> Iterator[FaissIndex]:
    rows = np.arange(len(vectors))
    if vectors.shape[1] % 2 == 0:
        quantised = QuantisedIndex.trained(vectors, seed)
        quantised.add(rows, vectors)
        yield from (quantised.with_k_factor(factor) for factor in K_FACTORS)
    graph = HnswIndex.empty(vectors.shape[1], seed)
    graph.add(rows, vectors)
    yield from (graph.with_ef_search(width) for width in SEARCH_WIDTHS)


def _chosen(
    exact: FlatIndex, vectors: FloatMatrix, queries: FloatMatrix, seed: int, target: float
) -> tuple[FaissIndex, float]:
    """Return the cheapest index that reaches the target on both halves, and the second's recall."""
    kth = exact.search(queries, min(RECALL_AT, len(vectors))).scores[:, -1]
    halves = [half for half in np.array_split(np.arange(len(queries)), 2) if len(half)]
    for candidate in _candidates(vectors, seed):
        reached = [recall(candidate, vectors, queries[half], kth[half]) for half in halves]
        if min(reached) >= target:
            return candidate, reached[-1]
    return exact, 1.0


def _sampled(queries: FloatMatrix, sample: int, seed: int) -> FloatMatrix:
    chosen = np.random.default_rng(seed).permutation(len(queries))[:sample]
    return np.ascontiguousarray(queries[chosen], dtype=np.float32)


def _report(
    index: FaissIndex, exact: FlatIndex, measured: float, queries: FloatMatrix
) -> IndexReport:
    return IndexReport(
        kind=index.kind,
        products=len(index),
        parameters=dict(index.parameters),
        recall_at_10=measured,
        queries=len(queries),
        milliseconds_per_query=_milliseconds(index, queries),
        exact_milliseconds_per_query=_milliseconds(exact, queries),
    )


def _milliseconds(index: VectorIndex, queries: FloatMatrix) -> float:
    """Return the median time of searching one query alone."""
    times = []
    for query in queries[:TIMED_QUERIES]:
        start = time.perf_counter()
        index.search(query[np.newaxis], RECALL_AT)
        times.append(time.perf_counter() - start)
    return round(float(np.median(times)) * 1_000, 4)
