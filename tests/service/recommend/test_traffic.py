from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import Engine

from models.bundle.bundle import Bundle
from models.thresholds import Promise
from service.bundles.holder import ServedBundle
from service.database.engine import transaction
from service.database.tables import Answer, Decision
from service.drift import repository
from service.drift.recorder import FLUSH_SECONDS
from service.drift.repository import TrafficHour, hour_of
from service.metrics import create_metrics
from service.recommend.jobs import Job, parts_of
from service.recommend.matching import match_parts
from service.recommend.service import DecisionService
from tests.models.bundle.test_load import deciding
from tests.models.drift.references import small_reference
from tests.service.conftest import FakeClock
from tests.service.drift.bundles import publish_small
from tests.service.recommend.decisions import answer_task, decide, decision_service
from tests.service.recommend.jobs import CERTAIN, UNCERTAIN, unmatched_job
from tests.small_bundle import TITLES, small_contents, small_promise


class Time:
    seconds = 0.0

    def __call__(self) -> float:
        return self.seconds


@pytest.fixture
def time() -> Time:
    return Time()


@pytest.fixture
def decisions(engine: Engine, clock: FakeClock, time: Time) -> DecisionService:
    return decision_service(engine, clock, monotonic=time)


@pytest.fixture
def bundle(tmp_path: Path) -> Bundle:
    return publish_small(tmp_path, small_reference(*TITLES))


def job(bundle: Bundle, *texts: str, promise: Promise | None = None) -> Job:
    found = unmatched_job(*texts)
    promise = promise or small_promise()
    manifest = bundle.manifest.model_copy(update={"promises": (promise,)})
    found.served = ServedBundle(replace(bundle, manifest=manifest), promise, loaded_at=0.0)
    match_parts(parts_of(found, 64), create_metrics())
    return found


def hours(engine: Engine, clock: FakeClock) -> list[TrafficHour]:
    with transaction(engine) as connection:
        return repository.of_all_bundles(connection, hour_of(FakeClock().now))


def test_queries_are_counted_with_what_was_decided(
    decisions: DecisionService, engine: Engine, clock: FakeClock, time: Time, bundle: Bundle
) -> None:
    decide(decisions, job(bundle, CERTAIN, "zzz"), job(bundle, UNCERTAIN))
    answer_task(engine, clock, Answer.NONE)
    time.seconds = FLUSH_SECONDS
    clock.advance(FLUSH_SECONDS)
    decide(decisions, job(bundle, "zzz"))  # is counted once this was written
    [hour] = hours(engine, clock)
    assert (hour.bundle_id, hour.hour) == (bundle.bundle_id, hour_of(clock.now))
    assert hour.counts.queries == 3
    assert (
        hour.counts.decisions
        == Counter({Decision.AUTO_ACCEPT: 1, Decision.MANUAL_REVIEW: 2}) + Counter()
    )
    assert sum(hour.counts.score_counts) == 3
    assert hour.counts.score_counts[3] == 1  # the certain one
    assert hour.counts.unseen_ngrams > 0


def test_a_verified_answer_counts_as_such(
    decisions: DecisionService, engine: Engine, clock: FakeClock, time: Time, bundle: Bundle
) -> None:
    decide(decisions, job(bundle, UNCERTAIN))
    answer_task(engine, clock, Answer.NONE)
    decide(decisions, job(bundle, UNCERTAIN))
    decisions.traffic.close(engine, clock)
    [hour] = hours(engine, clock)
    assert hour.counts.decisions[Decision.VERIFIED] == 1


def test_where_a_decider_decides_its_probabilities_are_counted(
    decisions: DecisionService, engine: Engine, clock: FakeClock, tmp_path: Path
) -> None:
    reference = small_reference(*TITLES)
    with_decider = publish_small(tmp_path, reference, deciding(small_contents()))
    asked = job(with_decider, *TITLES)
    decide(decisions, asked)
    decisions.traffic.close(engine, clock)
    [hour] = hours(engine, clock)
    probabilities = [match.candidates[0].probability or 0.0 for _, match in asked.pairs()]
    assert list(hour.counts.score_counts) == reference.score_bins(probabilities).tolist()


def test_queries_of_two_bundles_are_counted_apart(
    decisions: DecisionService, engine: Engine, clock: FakeClock, bundle: Bundle, tmp_path: Path
) -> None:
    other = publish_small(tmp_path / "other", None, small_contents(seed=1))
    decide(decisions, job(bundle, CERTAIN), job(other, CERTAIN, CERTAIN), job(bundle, CERTAIN))
    decisions.traffic.close(engine, clock)
    found = {hour.bundle_id: hour.counts.queries for hour in hours(engine, clock)}
    assert found == {bundle.bundle_id: 2, other.bundle_id: 2}


def test_answers_without_a_database_are_counted_once_it_is_back(
    decisions: DecisionService,
    engine: Engine,
    stoppable_database: tuple[Engine, Callable[[], None]],
    clock: FakeClock,
    time: Time,
    bundle: Bundle,
) -> None:
    lost, stop = stoppable_database
    away = replace(decisions, engine=lost)
    decide(away, job(bundle, CERTAIN))  # so that it knows what is promised
    stop()
    time.seconds = FLUSH_SECONDS
    clock.advance(FLUSH_SECONDS)
    away.decide([job(bundle, CERTAIN)])
    away.decide([job(bundle, UNCERTAIN)])  # is refused, and will be asked again
    decide(decisions, job(bundle, CERTAIN))
    [hour] = hours(engine, clock)
    assert hour.counts.queries == 2
