"""Encode and search a micro-batch, and let the bundle's decider judge what was found."""

from __future__ import annotations

import math
import time
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from models.decider.reasons import Reason, reasons
from models.encoder import FloatMatrix
from models.groups import group_of
from models.index.base import SCORE_DECIMALS, Neighbours
from models.index.ranking import first
from models.runtime import Runtime
from service.bundles.holder import ServedBundle
from service.metrics import Metrics
from service.recommend.jobs import Job, Match, Part
from service.review.tasks import Candidate

Reasons = Mapping[int, tuple[Reason, ...]]  # by catalogue row


@dataclass(frozen=True, slots=True, eq=False)
class _Group:
    """Queries that ask for the same: for each its job, its position there and its embedding.

    Each k is searched on its own: what is found first may depend on how much is asked for.
    """

    k: int
    explain: bool
    places: Sequence[tuple[Job, int]]
    embeddings: FloatMatrix

    @property
    def texts(self) -> list[str]:
        return [job.queries[position].text for job, position in self.places]

    @property
    def attributes(self) -> list[Mapping[str, str]]:
        return [job.queries[position].attributes for job, position in self.places]


def match_parts(parts: Sequence[Part], metrics: Metrics) -> None:
    """Find the candidates of all queries of these parts, which must be of one bundle."""
    served = parts[0].job.served
    runtime = served.bundle.runtime
    start = time.perf_counter()
    for part in parts:
        metrics.queue_wait.observe(start - part.job.submitted_at)
    texts = [query.text for part in parts for query in part.job.queries[part.start : part.stop]]
    embeddings = runtime.encoder.encode(texts)
    encoded = time.perf_counter()
    metrics.encode_duration.observe(encoded - start)
    groups = _groups(parts, embeddings)
    found = [runtime.nearest(group.embeddings, runtime.depth(group.k)) for group in groups]
    metrics.search_duration.observe(time.perf_counter() - encoded)
    decided = _decided(runtime, groups, found, metrics)
    explained = _explained(runtime, groups, found, metrics)
    for group, best, why in zip(groups, decided, explained, strict=True):
        matches = _matches(served, group.attributes, first(best, group.k), why)
        for (job, position), match in zip(group.places, matches, strict=True):
            job.matches[position] = match


def _groups(parts: Sequence[Part], embeddings: FloatMatrix) -> list[_Group]:
    places, rows = defaultdict(list), defaultdict(list)
    row = 0
    for part in parts:
        key = (part.job.k, part.job.explain)
        for position in range(part.start, part.stop):
            places[key].append((part.job, position))
            rows[key].append(row)
            row += 1
    return [_Group(*key, places[key], embeddings[rows[key]]) for key in places]


def _decided(
    runtime: Runtime, groups: Sequence[_Group], found: Sequence[Neighbours], metrics: Metrics
) -> Sequence[Neighbours]:
    if runtime.decider is None:
        return found
    start = time.perf_counter()
    decided = [
        runtime.decided(
            group.texts,
            group.attributes,
            group.embeddings,
            nearest,
        )
        for group, nearest in zip(groups, found, strict=True)
    ]
    metrics.decide_duration.observe(time.perf_counter() - start)
    return decided


def _explained(
    runtime: Runtime, groups: Sequence[_Group], found: Sequence[Neighbours], metrics: Metrics
) -> list[list[Reasons]]:
    """Return the reasons for each query of each group; none where nobody asked for them."""
    start = time.perf_counter()
    explained = [
        _reasons(runtime, group, nearest) for group, nearest in zip(groups, found, strict=True)
    ]
    if runtime.decider is not None and any(group.explain for group in groups):
        metrics.explain_duration.observe(time.perf_counter() - start)
    return explained


def _reasons(runtime: Runtime, group: _Group, found: Neighbours) -> list[Reasons]:
    if runtime.decider is None or not group.explain:
        return [{} for _ in group.places]
    by_query = reasons(
        runtime.decider,
        group.texts,
        group.attributes,
        group.embeddings,
        found,
        runtime.catalogue,
    )
    # They come in the order of the search, of products that exist: absent ones are at the end.
    return [
        dict(zip(rows, of_query, strict=False))
        for rows, of_query in zip(found.rows.tolist(), by_query, strict=True)
    ]


def _matches(
    served: ServedBundle,
    attributes: Sequence[Mapping[str, str]],
    found: Neighbours,
    explained: Sequence[Reasons],
) -> list[Match]:
    deciding, calibrated = found.deciding.tolist(), _calibrated(served, found)
    scores, probabilities = _rounded(found.scores), _probabilities(found)
    catalogue, grouping = served.bundle.runtime.catalogue, served.promise.grouping
    matches = []
    for query, rows in enumerate(found.rows.tolist()):
        candidates = []
        for place, row in enumerate(rows):
            if row < 0:
                break
            product = catalogue[row]
            candidates.append(
                Candidate(
                    product.product_id,
                    product.title,
                    scores[query][place],
                    place + 1,
                    probabilities[query][place],
                    explained[query].get(row),
                )
            )
        best = catalogue[rows[0]].attributes if candidates else None
        matches.append(
            Match(
                tuple(candidates),
                tuple(deciding[query]),
                group_of(grouping, attributes[query], best),
                calibrated[query] if candidates else None,
            )
        )
    return matches


def _calibrated(served: ServedBundle, found: Neighbours) -> Sequence[float | None]:
    """Return how probably the best product of each query is right, where the bundle knows."""
    calibration = served.bundle.calibration
    if calibration is None or calibration.probability is None:
        return [None] * len(found.rows)
    chances = calibration.probability.of(found.deciding[:, 0])
    calibrated: list[float] = np.round(chances, SCORE_DECIMALS).tolist()
    return calibrated


def _rounded(values: FloatMatrix) -> list[list[float]]:
    """Return float32 numbers as the decimal fractions that they were rounded to."""
    rounded: list[list[float]] = np.round(values.astype(np.float64), SCORE_DECIMALS).tolist()
    return rounded


def _probabilities(found: Neighbours) -> list[list[float | None]]:
    """Return the probabilities, with None for what was not judged."""
    if found.probabilities is None:
        return [[None] * found.rows.shape[1]] * len(found.rows)
    return [
        [None if math.isnan(one) else one for one in of_query]
        for of_query in _rounded(found.probabilities)
    ]
