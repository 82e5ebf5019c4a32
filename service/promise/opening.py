"""The promise for the command line: without a running service, and while one runs."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from models.bundle.bundle import Bundle
from models.bundle.load import load_bundle
from models.bundle.store import current_bundle
from service.clock import database_clock
from service.database.opening import open_database
from service.promise.service import PromiseService
from service.promise.watching import PromiseWatcher, WatchPolicy
from service.recommend.identifiers import new_id
from service.settings import Settings


@contextmanager
def open_promise(settings: Settings) -> Iterator[PromiseService]:
    """Yield the promise of the bundle that a service with these settings would load.

    Raises BundleError where there is none, or it has no promise for the target.
    """
    bundle = load_bundle(current_bundle(settings.bundles_dir))
    bundle.promise_for(settings.target_precision)
    with open_database(settings) as engine:
        watcher = PromiseWatcher(
            database_clock,
            new_id,
            WatchPolicy(settings.promise_false_alarm, settings.promise_confidence),
            settings.target_precision,
            lambda bundle_id: _if_same(bundle, bundle_id),
        )
        yield PromiseService(engine, bundle, watcher)


def _if_same(bundle: Bundle, bundle_id: str) -> Bundle | None:
    return bundle if bundle.bundle_id == bundle_id else None
