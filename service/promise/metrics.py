"""What Prometheus sees of the promise: read from the database when it scrapes."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from math import nan

from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector
from sqlalchemy import Connection, Engine

from models.bundle.bundle import Bundle
from service.database.engine import transaction
from service.errors import DatabaseUnavailable, NoBundle
from service.promise.effective import name_of, read_effective
from service.promise.reading import last_audit_at, live_estimates
from service.promise.status import Part, PromiseState, parts_of

LABELS = ("decision", "group")
"""As many values as the bundle has groups; the group '' is all other queries."""

BROKEN = (PromiseState.TIGHTENED, PromiseState.STOPPED)

# By name: what it shows, and its value for a part. NaN where there is none.
GAUGES: dict[str, tuple[str, Callable[[Part], float]]] = {
    "alc_promise_broken": (
        "Whether audits have spoken against the promise and nobody has restored it",
        lambda part: float(part.state in BROKEN),
    ),
    "alc_promise_threshold": (
        "The threshold in force; NaN where nothing is automated",
        lambda part: _number(part.threshold),
    ),
    "alc_promise_evidence": (
        "Of the audits against the promise: 1 at first, broken at 1 / ALC_PROMISE_FALSE_ALARM",
        lambda part: part.live.evidence if part.live else 1.0,
    ),
    "alc_audited_precision_ratio": (
        "Share of audited answers that were right, weighted; NaN before the first audit",
        lambda part: _number(part.live.precision if part.live else None),
    ),
    "alc_audited_precision_lower_bound_ratio": (
        "What the precision is at least, at all times at once",
        lambda part: part.live.lower_bound if part.live else 0.0,
    ),
    "alc_audited_precision_upper_bound_ratio": (
        "What the precision is at most, at all times at once",
        lambda part: part.live.upper_bound if part.live else 1.0,
    ),
}


class PromiseCollector(Collector):
    """The parts of the promise of the bundle that answers; nothing without it or a database."""

    def __init__(
        self, engine: Engine, bundle: Callable[[], Bundle], target_precision: float
    ) -> None:
        """`bundle` raises NoBundle where none answers."""
        self._engine = engine
        self._bundle = bundle
        self._target_precision = target_precision

    def collect(self) -> Iterable[Metric]:
        try:
            bundle = self._bundle()
            with transaction(self._engine) as connection:
                parts = _parts(connection, bundle, self._target_precision)
                last = last_audit_at(connection, bundle.bundle_id)
        except (NoBundle, DatabaseUnavailable):
            return []
        return [*_gauges(parts), _audits(parts), _last_audit(last)]


def _parts(connection: Connection, bundle: Bundle, target_precision: float) -> Sequence[Part]:
    effective = read_effective(connection, bundle, target_precision)
    live = live_estimates(connection, bundle.bundle_id)
    return parts_of(bundle.bundle_id, effective, live, {})


def _gauges(parts: Sequence[Part]) -> Iterable[Metric]:
    for name, (description, value) in GAUGES.items():
        family = GaugeMetricFamily(name, description, labels=LABELS)
        for part in parts:
            family.add_metric(_labels(part), value(part))
        yield family


def _audits(parts: Sequence[Part]) -> Metric:
    family = GaugeMetricFamily(
        "alc_promise_audits",
        "Audits of the threshold in force, by what people said",
        labels=(*LABELS, "verdict"),
    )
    for part in parts:
        live = part.live
        counts = (live.audits - live.errors, live.errors, live.unsure) if live else (0, 0, 0)
        for verdict, count in zip(("right", "wrong", "unsure"), counts, strict=True):
            family.add_metric([*_labels(part), verdict], count)
    return family


def _last_audit(at: datetime | None) -> Metric:
    family = GaugeMetricFamily(
        "alc_promise_last_audit_timestamp_seconds",
        "When a verdict on an audit of this bundle was last counted; absent before the first",
    )
    if at is not None:
        family.add_metric([], at.timestamp())
    return family


def _labels(part: Part) -> list[str]:
    return [part.decision.value, name_of(part.group)]


def _number(value: float | None) -> float:
    return nan if value is None else value
