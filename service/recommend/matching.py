"""Encode and search a micro-batch."""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Sequence

import numpy as np

from models.encoder import FloatMatrix
from models.index.base import SCORE_DECIMALS, Neighbours
from models.thresholds import accepted
from service.bundles.holder import ServedBundle
from service.metrics import Metrics
from service.recommend.jobs import Match, Part
from service.review.tasks import Candidate


def match_parts(parts: Sequence[Part], metrics: Metrics) -> None:
    """Find the candidates of all queries of these parts, which must be of one bundle."""
    served = parts[0].job.served
    start = time.perf_counter()
    for part in parts:
        metrics.queue_wait.observe(start - part.job.submitted_at)
    texts = [query.text for part in parts for query in part.job.queries[part.start : part.stop]]
    embeddings = served.bundle.runtime.encoder.encode(texts)
    encoded = time.perf_counter()
    metrics.encode_duration.observe(encoded - start)
    _search(served, parts, embeddings)
    metrics.search_duration.observe(time.perf_counter() - encoded)


def _search(served: ServedBundle, parts: Sequence[Part], embeddings: FloatMatrix) -> None:
    """Search each k on its own: what is found first may depend on how much is asked for."""
    places = defaultdict(list)
    row = 0
    for part in parts:
        for position in range(part.start, part.stop):
            places[part.job.k].append((row, part.job, position))
            row += 1
    for k, group in places.items():
        chosen = embeddings[[row for row, _, _ in group]]
        matches = _matches(served, served.bundle.runtime.nearest(chosen, k))
        for (_, job, position), match in zip(group, matches, strict=True):
            job.matches[position] = match


def _matches(served: ServedBundle, found: Neighbours) -> list[Match]:
    counts = accepted(found.scores, served.promise).sum(axis=1).tolist()
    scores = np.round(found.scores.astype(np.float64), SCORE_DECIMALS).tolist()
    catalogue = served.bundle.runtime.catalogue
    matches = []
    for rows, row_scores, count in zip(found.rows.tolist(), scores, counts, strict=True):
        candidates = []
        for rank, (row, score) in enumerate(zip(rows, row_scores, strict=True), start=1):
            if row < 0:
                break
            product = catalogue[row]
            candidates.append(Candidate(product.product_id, product.title, score, rank))
        matches.append(Match(tuple(candidates), count))
    return matches
