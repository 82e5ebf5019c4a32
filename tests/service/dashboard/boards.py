"""A bundle with groups whose traffic is known, and the dashboard that is read of it."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import Engine

from models.bundle.bundle import Bundle, BundleContents
from models.bundle.load import load_bundle
from models.bundle.publish import publish
from models.thresholds import Promise
from service.dashboard.period import Name, period_named
from service.dashboard.reading import Dashboard, read_dashboard
from tests.models.drift.references import small_reference
from tests.service.conftest import FakeClock
from tests.service.promise.promises import TARGET, promise_of
from tests.small_bundle import CREATED_AT, TITLES, small_contents, small_promise

NOW = datetime(2026, 11, 26, 14, 37, tzinfo=UTC)
PROMISE = replace(promise_of(TARGET, 0.871, phones=0.842, fridges=0.9), calibration_labels=4_931)
NO_MATCH = small_promise(TARGET, 0.12)
REFERENCE = small_reference(
    *TITLES,
    edges=(0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9),
    score_counts=(706,) * 10,
    unseen_ngrams=0.0206,
    truncated=0.0118,
)


def contents(promise: Promise = PROMISE, no_match: Promise | None = NO_MATCH) -> BundleContents:
    return replace(small_contents(), promises=(promise,), no_match=no_match, reference=REFERENCE)


def bundle_in(directory: Path, given: BundleContents | None = None) -> Bundle:
    return load_bundle(publish(directory / "bundles", given or contents(), created_at=CREATED_AT))


def board_of(engine: Engine, bundle: Bundle, name: Name = "day") -> Dashboard:
    return read_dashboard(engine, FakeClock(NOW), bundle, TARGET, period_named(name))
