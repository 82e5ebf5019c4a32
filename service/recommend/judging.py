"""What the promises in force say of each query: answered without a person, or not."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from itertools import islice

import numpy as np

from models.encoder import FloatMatrix
from models.thresholds import accepted, unmatched
from service.database.tables import Decision
from service.promise.effective import Effective, Part
from service.recommend.decided import Judgement
from service.recommend.jobs import Job, Match


def judge_jobs(
    jobs: Sequence[Job], in_force: Mapping[str, Effective], *, answer_no_match: bool
) -> list[list[Judgement]]:
    """Return a judgement for each query of each job; what is in force is given by bundle id."""
    of_bundle: dict[str, list[Job]] = defaultdict(list)
    for job in jobs:
        of_bundle[job.served.bundle.bundle_id].append(job)
    judged: dict[Job, list[Judgement]] = {}
    for bundle_id, together in of_bundle.items():
        matches = [match for job in together for _, match in job.pairs()]
        found = iter(judge(matches, in_force[bundle_id], answer_no_match=answer_no_match))
        judged.update((job, list(islice(found, len(job.queries)))) for job in together)
    return [judged[job] for job in jobs]


def judge(
    matches: Sequence[Match], in_force: Effective, *, answer_no_match: bool
) -> list[Judgement]:
    """Return a judgement for each match; all must be of the bundle that `in_force` is about.

    What may be accepted is never called "no match": taking it away would change what was certified.
    """
    promise = in_force.promise
    no_match = in_force.no_match if answer_no_match else None
    deciding = _deciding(matches, promise.products_per_query)
    counts = accepted(deciding, promise, [match.group for match in matches]).sum(axis=1)
    nothing = unmatched(deciding, no_match) & (counts == 0)
    own = {one.group: one for one in promise.groups}
    judged = []
    for match, count, none in zip(matches, counts.tolist(), nothing.tolist(), strict=True):
        applied = own.get(match.group, promise)
        compared: list[Part] = [(Decision.AUTO_ACCEPT, applied.group)]
        decision = Decision.AUTO_ACCEPT if count else Decision.MANUAL_REVIEW
        if no_match is not None and not count:
            compared.append((Decision.NO_MATCH, no_match.group))
            if none and match.candidates:
                decision, applied = Decision.NO_MATCH, no_match
        tightened = tuple(part for part in compared if part in in_force.tightened)
        judged.append(
            Judgement(
                decision,
                count,
                applied.group,
                applied.threshold,
                applied.target_precision,
                tightened,
            )
        )
    return judged


def _deciding(matches: Sequence[Match], ranks: int) -> FloatMatrix:
    """Return what decides about the first ranks (queries, ranks); -inf where there is no product.

    Requests ask for different numbers of products; a promise covers the first ones alone.
    """
    deciding = np.full((len(matches), ranks), -np.inf, dtype=np.float32)
    for row, match in enumerate(matches):
        first = match.deciding[:ranks]
        deciding[row, : len(first)] = first
    return deciding
