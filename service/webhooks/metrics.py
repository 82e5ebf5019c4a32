"""What Prometheus sees of webhooks."""

from __future__ import annotations

from collections.abc import Iterable

from prometheus_client import CollectorRegistry, Counter
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector
from sqlalchemy import Engine

from service.database.engine import transaction
from service.database.tables import DeliveryState
from service.errors import DatabaseUnavailable
from service.webhooks import repository
from service.webhooks.outcomes import OUTCOMES


class DeliveryCollector(Collector):
    """Deliveries by state, read from the database at the scrape; nothing while it is away."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def collect(self) -> Iterable[Metric]:
        try:
            with transaction(self._engine) as connection:
                counts = repository.count_by_state(connection)
        except DatabaseUnavailable:
            return []
        family = GaugeMetricFamily(
            "alc_webhook_deliveries", "Deliveries of webhooks by state", labels=["state"]
        )
        for state in DeliveryState:
            family.add_metric([state.value], counts.get(state, 0))
        return [family]


def attempts_counter(registry: CollectorRegistry) -> Counter:
    """Return the counter of this process's attempts by outcome, with all outcomes at 0."""
    counter = Counter(
        "alc_webhook_attempts_total",
        "Attempts to deliver an event to a webhook",
        ("outcome",),
        registry=registry,
    )
    for outcome in OUTCOMES:
        counter.labels(outcome)
    return counter
