"""What Prometheus sees of the review queue: read from the database when it scrapes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector
from sqlalchemy import Engine, func, select

from service.database.engine import transaction
from service.database.tables import ReviewTaskRow, TaskState
from service.errors import DatabaseUnavailable

WAITING = (TaskState.OPEN, TaskState.LEASED, TaskState.ADJUDICATE)


class QueueCollector(Collector):
    """Counts and the oldest open task; without a database only `alc_database_up 0`."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def collect(self) -> Iterable[Metric]:
        up = GaugeMetricFamily("alc_database_up", "Whether the database answers")
        try:
            families = list(_queue(self._engine))
        except DatabaseUnavailable:
            up.add_metric([], 0)
            return [up]
        up.add_metric([], 1)
        return [up, *families]


def _queue(engine: Engine) -> Iterator[Metric]:
    statement = select(
        ReviewTaskRow.state,
        func.count().label("tasks"),
        func.extract("epoch", func.min(ReviewTaskRow.created_at)).label("oldest"),
    ).group_by(ReviewTaskRow.state)
    with transaction(engine) as connection:
        rows = {row.state: row for row in connection.execute(statement)}
    tasks = GaugeMetricFamily("alc_review_tasks", "Tasks by state", labels=["state"])
    for state in TaskState:
        tasks.add_metric([state.value], rows[state].tasks if state in rows else 0)
    yield tasks
    oldest = GaugeMetricFamily(
        "alc_review_oldest_open_task_created_timestamp_seconds",
        "When the oldest task without a verdict was made; absent when there is none",
    )
    waiting = [rows[state].oldest for state in WAITING if state in rows]
    if waiting:
        oldest.add_metric([], float(min(waiting)))
    yield oldest
