"""The bundle that answers: one reference, swapped whole, so that a request can hold on to it."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from models.bundle.bundle import Bundle
from models.bundle.load import load_bundle
from models.bundle.store import current_bundle
from models.catalogue import Catalogue
from models.thresholds import Promise
from service.bundles.self_check import self_check
from service.checks import Check
from service.errors import NoBundle
from service.metrics import Metrics
from service.validation_codes import ErrorDetail

WallClock = Callable[[], float]


@dataclass(frozen=True, slots=True)
class ServedBundle:
    """A bundle that passed its self-check, with the promise that its answers carry.

    `loaded_at` is in seconds since the epoch.
    """

    bundle: Bundle
    promise: Promise
    loaded_at: float


class BundleHolder:
    """Loads bundles and holds the one that answers. Safe to use from any thread."""

    def __init__(
        self, bundles_dir: Path, target_precision: float, metrics: Metrics, clock: WallClock
    ) -> None:
        self._bundles_dir = bundles_dir
        self._target_precision = target_precision
        self._metrics = metrics
        self._clock = clock
        self._loading = threading.Lock()
        self._served: ServedBundle | None = None

    @property
    def served(self) -> ServedBundle:
        """Return the bundle that answers now; raise NoBundle before one was loaded."""
        if self._served is None:
            raise NoBundle
        return self._served

    def load(self) -> ServedBundle:
        """Load the current bundle and let it answer from now on.

        Raises BundleError when it is damaged, fails its self-check or has no promise for the
        target precision of the settings; the bundle that answered before then goes on answering.
        """
        with self._loading:
            bundle = load_bundle(current_bundle(self._bundles_dir))
            promise = bundle.promise_for(self._target_precision)
            self_check(bundle)
            self._served = served = ServedBundle(bundle, promise, self._clock())
            self._metrics.show_bundle(bundle.bundle_id, promise.target_precision, served.loaded_at)
        return served

    def find(self, bundle_id: str) -> Bundle | None:
        """Return the bundle of this id if it is the one that answers now."""
        served = self._served
        return served.bundle if served and served.bundle.bundle_id == bundle_id else None

    @property
    def catalogue(self) -> Catalogue | None:
        """Return the catalogue that answers now, None before a bundle was loaded."""
        return self._served.bundle.runtime.catalogue if self._served else None

    def has_product(self, product_id: str) -> bool:
        """Return whether the catalogue that answers now has this product."""
        return self.served.bundle.runtime.catalogue.find(product_id) is not None


def bundle_check(bundles: BundleHolder) -> Check:
    """Return a check that a bundle was loaded, for `/readyz`."""

    def check() -> ErrorDetail | None:
        try:
            bundles.served  # noqa: B018 - the property raises
        except NoBundle as error:
            return ErrorDetail(code=error.code, detail=str(error))
        return None

    return check
