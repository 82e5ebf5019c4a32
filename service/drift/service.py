"""The traffic of the bundle that answers, beside what it was made for."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Engine

from models.bundle.bundle import Bundle
from models.drift.reference import TrafficReference
from service.clock import SqlClock, time_of
from service.database.engine import transaction
from service.drift import repository
from service.drift.measures import Drift, drift_of
from service.drift.repository import TrafficHour
from service.drift.schemas import NoiseRead, ReferenceRead, TrafficHourRead, TrafficRead

NOTHING = Drift(None, None, None, None)


def read_traffic(engine: Engine, clock: SqlClock, bundle: Bundle, hours: int) -> TrafficRead:
    """Return the present hour and those before, `hours` in all, of one bundle."""
    with transaction(engine) as connection:
        present = repository.hour_of(time_of(connection, clock))
        since = present - (hours - 1) * repository.HOUR
        found = repository.of_bundle(connection, bundle.bundle_id, since)
    return TrafficRead(
        bundle_id=bundle.bundle_id,
        reference=None if bundle.reference is None else _describe(bundle.reference),
        hours=[_read(hour, bundle.reference, present) for hour in found],
    )


def _describe(reference: TrafficReference) -> ReferenceRead:
    return ReferenceRead(
        queries=reference.queries,
        score_edges=list(reference.edges),
        score_shares=_shares(reference.score_counts),
        known_ngrams=len(reference.known),
        unseen_ngram_ratio=reference.unseen_ngrams,
        truncated_input_ratio=reference.truncated,
    )


def _read(
    hour: TrafficHour, reference: TrafficReference | None, present: datetime
) -> TrafficHourRead:
    drift = NOTHING if reference is None else drift_of(hour.counts, reference)
    noise = drift.noise
    return TrafficHourRead(
        hour=hour.hour,
        complete=hour.hour < present,
        queries=hour.counts.queries,
        score_shares=_shares(hour.counts.score_counts) or None,
        psi=drift.psi,
        psi_noise=noise and NoiseRead(expected=noise.expected, upper=noise.upper),
        unseen_ngram_ratio=drift.unseen_ngrams,
        truncated_input_ratio=drift.truncated,
    )


def _shares(counts: Sequence[int]) -> list[float]:
    total = sum(counts)
    return [count / total for count in counts] if total else []
