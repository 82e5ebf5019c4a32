from __future__ import annotations

from collections.abc import Callable
from math import isnan

import pytest
from prometheus_client import CollectorRegistry
from sqlalchemy import Engine

from models.bundle.bundle import Bundle
from service.errors import NoBundle
from service.promise.metrics import GAUGES, PromiseCollector
from tests.service.conftest import FakeClock
from tests.service.promise.audits import Deployment
from tests.service.promise.promises import FRIDGES, ORDINARY, PHONES, TARGET, bundle_of
from tests.small_bundle import small_promise

SERVED = 0.7  # the threshold of phones
Value = Callable[..., float | None]


def registry_of(engine: Engine, bundle: Callable[[], Bundle]) -> CollectorRegistry:
    registry = CollectorRegistry()
    registry.register(PromiseCollector(engine, bundle, TARGET))
    return registry


@pytest.fixture
def value(deployment: Deployment) -> Value:
    """Read a metric of a group of the products that are named."""
    registry = registry_of(deployment.engine, lambda: deployment.bundle)

    def read(name: str, group: str = PHONES, **labels: str) -> float | None:
        labels = {"decision": "auto_accept", "group": group, **labels}
        return registry.get_sample_value(name, labels)

    return read


def test_before_the_first_audit_nothing_is_known_and_nothing_broken(value: Value) -> None:
    for group, threshold in (("", 0.8), (PHONES, SERVED), (FRIDGES, 0.75)):
        assert value("alc_promise_broken", group) == 0
        assert value("alc_promise_threshold", group) == threshold
        assert value("alc_promise_evidence", group) == 1
        assert isnan(value("alc_audited_precision_ratio", group) or 0)
        assert value("alc_audited_precision_lower_bound_ratio", group) == 0
        assert value("alc_audited_precision_upper_bound_ratio", group) == 1
        assert value("alc_promise_audits", group, verdict="right") == 0


def test_audits_are_shown_by_group_and_verdict(deployment: Deployment, value: Value) -> None:
    deployment.audit(True, True, False, None, threshold=SERVED)
    (watch,) = deployment.watches()
    counts = [
        value("alc_promise_audits", verdict=verdict) for verdict in ("right", "wrong", "unsure")
    ]
    assert counts == [2, 1, 1]
    assert value("alc_audited_precision_ratio") == watch.precision
    assert value("alc_audited_precision_lower_bound_ratio") == watch.lower_bound
    assert value("alc_audited_precision_upper_bound_ratio") == watch.upper_bound
    assert value("alc_promise_evidence") == watch.evidence
    assert value("alc_promise_audits", FRIDGES, verdict="right") == 0


def test_a_broken_promise_is_shown_until_it_is_restored(
    deployment: Deployment, value: Value
) -> None:
    deployment.break_promise(SERVED)
    assert (value("alc_promise_broken"), value("alc_promise_threshold")) == (1, 0.85)
    assert value("alc_promise_broken", FRIDGES) == 0
    deployment.break_promise(0.85)
    assert value("alc_promise_broken") == 1
    assert isnan(value("alc_promise_threshold") or 0)


def test_the_last_audit_is_timed(deployment: Deployment, clock: FakeClock) -> None:
    registry = registry_of(deployment.engine, lambda: deployment.bundle)
    name = "alc_promise_last_audit_timestamp_seconds"
    assert registry.get_sample_value(name) is None
    deployment.audit(None, threshold=SERVED)
    last = clock.now
    clock.advance(100)
    deployment.draw(SERVED)
    assert registry.get_sample_value(name) == last.timestamp()


def test_no_match_has_its_own_row(deployment: Deployment) -> None:
    bundle = bundle_of(ORDINARY, no_match=small_promise(0.9, 0.3))
    registry = registry_of(deployment.engine, lambda: bundle)
    labels = {"decision": "no_match", "group": ""}
    assert registry.get_sample_value("alc_promise_threshold", labels) == 0.3


def test_gauges_are_named_as_gauges() -> None:
    assert not [name for name in GAUGES if name.endswith(("_total", "_count", "_sum"))]
    assert all(name.startswith("alc_") for name in GAUGES)


def test_without_a_bundle_or_a_database_nothing_is_said(
    stoppable_database: tuple[Engine, Callable[[], None]],
) -> None:
    engine, stop = stoppable_database

    def none() -> Bundle:
        raise NoBundle

    assert list(registry_of(engine, none).collect()) == []
    registry = registry_of(engine, lambda: bundle_of(ORDINARY))
    assert len(list(registry.collect())) == len(GAUGES) + 2
    stop()
    assert list(registry.collect()) == []
