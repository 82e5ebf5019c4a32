"""What Prometheus sees of drift: read from the database when it scrapes."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable

from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector
from sqlalchemy import Engine

from models.bundle.bundle import Bundle
from service.clock import SqlClock, time_of
from service.database.engine import transaction
from service.drift import repository
from service.drift.counts import Counts
from service.drift.measures import Drift, drift_of
from service.errors import DatabaseUnavailable, NoBundle

CURRENT, LAST, REFERENCE = "current_hour", "last_hour", "reference"
LABELS = ["period"]


class TrafficCollector(Collector):
    """Drift of the present hour and the last full one, and the values of the reference.

    An hour without a query is not a number, as the automation coverage of no decision is none.
    Without a database, or a bundle with a reference, there is no metric.
    """

    def __init__(self, engine: Engine, clock: SqlClock, served: Callable[[], Bundle]) -> None:
        self._engine = engine
        self._clock = clock
        self._served = served

    def collect(self) -> Iterable[Metric]:
        """Return the families, each with the periods that have a value."""
        try:
            bundle = self._served()
            drifts = self._drifts(bundle)
        except (DatabaseUnavailable, NoBundle):
            return []
        if bundle.reference is None:
            return []
        psi = GaugeMetricFamily(
            "alc_score_drift_psi",
            "Population stability index of the deciding scores",
            labels=LABELS,
        )
        noise = GaugeMetricFamily(
            "alc_score_drift_noise_psi",
            "Index that one of twenty hours of as many unchanged queries exceeds",
            labels=LABELS,
        )
        unseen = GaugeMetricFamily(
            "alc_unseen_ngram_ratio", "Share of n-grams that no training text has", labels=LABELS
        )
        truncated = GaugeMetricFamily(
            "alc_truncated_input_ratio", "Share of queries whose end is not read", labels=LABELS
        )
        unseen.add_metric([REFERENCE], bundle.reference.unseen_ngrams)
        truncated.add_metric([REFERENCE], bundle.reference.truncated)
        for period, drift in drifts.items():
            _add(psi, period, drift.psi)
            _add(noise, period, None if drift.noise is None else drift.noise.upper)
            _add(unseen, period, drift.unseen_ngrams)
            _add(truncated, period, drift.truncated)
        return [psi, noise, unseen, truncated]

    def _drifts(self, bundle: Bundle) -> dict[str, Drift]:
        if bundle.reference is None:
            return {}
        with transaction(self._engine) as connection:
            present = repository.hour_of(time_of(connection, self._clock))
            since = present - repository.HOUR
            hours = repository.of_bundle(connection, bundle.bundle_id, since)
        counts = {hour.hour: hour.counts for hour in hours}
        return {
            CURRENT: drift_of(counts.get(present, Counts()), bundle.reference),
            LAST: drift_of(counts.get(since, Counts()), bundle.reference),
        }


def _add(family: GaugeMetricFamily, period: str, value: float | None) -> None:
    family.add_metric([period], math.nan if value is None else value)
