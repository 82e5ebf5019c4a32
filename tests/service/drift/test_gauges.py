from __future__ import annotations

from collections.abc import Callable
from math import isnan
from pathlib import Path

import pytest
from prometheus_client import CollectorRegistry
from sqlalchemy import Engine

from models.bundle.bundle import Bundle
from models.drift.stability import population_stability_index
from service.database.engine import transaction
from service.drift import repository
from service.drift.counts import Counts
from service.drift.gauges import TrafficCollector
from service.drift.repository import HOUR, TrafficHour, hour_of
from service.errors import NoBundle
from tests.models.drift.references import small_reference
from tests.service.conftest import FakeClock
from tests.service.drift.bundles import publish_small

REFERENCE = small_reference(score_counts=(10, 20, 30, 40), unseen_ngrams=0.02, truncated=0.01)
NAMES = (
    "alc_score_drift_psi",
    "alc_score_drift_noise_psi",
    "alc_unseen_ngram_ratio",
    "alc_truncated_input_ratio",
)


@pytest.fixture
def bundle(tmp_path: Path) -> Bundle:
    return publish_small(tmp_path, REFERENCE)


def values(engine: Engine, clock: FakeClock, served: Callable[[], Bundle]) -> dict[str, list[str]]:
    """Return the periods for which each metric is a number."""
    collector = TrafficCollector(engine, clock, served)
    return {
        family.name: [
            sample.labels["period"] for sample in family.samples if not isnan(sample.value)
        ]
        for family in collector.collect()
    }


def add(engine: Engine, bundle: Bundle, clock: FakeClock, hours_ago: int, counts: Counts) -> None:
    hour = hour_of(clock.now) - hours_ago * HOUR
    with transaction(engine) as connection:
        repository.add(connection, [TrafficHour(bundle.bundle_id, hour, counts)])


def test_the_present_hour_and_the_last_full_one_are_shown(
    engine: Engine, clock: FakeClock, bundle: Bundle
) -> None:
    add(engine, bundle, clock, 0, Counts(4, (1, 1, 1, 1), 40, 10, 1))
    add(engine, bundle, clock, 1, Counts(8, (5, 1, 1, 1), 80, 40, 4))
    add(engine, bundle, clock, 2, Counts(9, (9, 0, 0, 0), 90, 90, 9))
    registry = CollectorRegistry()
    registry.register(TrafficCollector(engine, clock, lambda: bundle))

    def value(name: str, period: str) -> float | None:
        return registry.get_sample_value(name, {"period": period})

    psi, noise, unseen, truncated = NAMES
    assert value(psi, "current_hour") == pytest.approx(
        population_stability_index([1, 1, 1, 1], REFERENCE.score_counts)
    )
    assert value(psi, "last_hour") == pytest.approx(
        population_stability_index([5, 1, 1, 1], REFERENCE.score_counts)
    )
    stated = REFERENCE.noise(8)
    assert stated is not None
    assert value(noise, "last_hour") == pytest.approx(stated.upper)
    periods = ("reference", "current_hour", "last_hour")
    assert [value(unseen, one) for one in periods] == [0.02, 0.25, 0.5]
    assert [value(truncated, one) for one in periods] == [0.01, 0.25, 0.5]
    assert value(psi, "reference") is None


def test_an_hour_without_queries_is_not_a_number(
    engine: Engine, clock: FakeClock, bundle: Bundle
) -> None:
    add(engine, bundle, clock, 2, Counts(9, (9, 0, 0, 0), 90, 90, 9))
    assert values(engine, clock, lambda: bundle) == dict(
        zip(NAMES, [[], [], ["reference"], ["reference"]], strict=True)
    )


def test_another_bundles_queries_do_not_count(
    engine: Engine, clock: FakeClock, bundle: Bundle
) -> None:
    with transaction(engine) as connection:
        hour = TrafficHour("other", hour_of(clock.now), Counts(4, (1, 1, 1, 1), 40, 10, 1))
        repository.add(connection, [hour])
    assert values(engine, clock, lambda: bundle)["alc_score_drift_psi"] == []


def test_without_a_reference_or_a_bundle_there_is_nothing(
    engine: Engine, clock: FakeClock, tmp_path: Path
) -> None:
    bare = publish_small(tmp_path, None)
    assert values(engine, clock, lambda: bare) == {}

    def none() -> Bundle:
        raise NoBundle

    assert values(engine, clock, none) == {}


def test_without_a_database_there_is_nothing(
    stoppable_database: tuple[Engine, Callable[[], None]], clock: FakeClock, bundle: Bundle
) -> None:
    engine, stop = stoppable_database
    stop()
    assert values(engine, clock, lambda: bundle) == {}
