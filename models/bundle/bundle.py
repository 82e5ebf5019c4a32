"""What goes into a bundle, and what comes out of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from models.bundle.manifest import Manifest
from models.bundle.probe import Probe
from models.bundle.reviews import ReviewReport
from models.calibration.record import CalibrationRecord
from models.decider.known_queries import KnownQueries
from models.decider.report import DeciderReport
from models.drift.reference import TrafficReference
from models.errors import BundleError
from models.index.build import IndexReport
from models.runtime import Runtime
from models.thresholds import Promise


@dataclass(frozen=True, slots=True)
class BundleContents:
    """Everything that `publish` writes.

    `report` maps file names to contents, for people. `parent` is the bundle this one was made
    from. `memory_report` is about the index of the memory, where the runtime has one,
    and `decider_report` about the decider, where one was asked for. `no_match` is the promise of
    the answer "no product is right". `calibration` is what the promises were certified on.
    `reference` is what traffic looked like, where that was measured. `reviews` says what became of
    the review labels, and `reviewed` are the texts of those that were learnt from.
    """

    runtime: Runtime
    index_report: IndexReport
    promises: tuple[Promise, ...]
    configuration: Mapping[str, Any]
    data_digest: str
    report: Mapping[str, bytes] = field(default_factory=dict)
    parent: str | None = None
    memory_report: IndexReport | None = None
    decider_report: DeciderReport | None = None
    no_match: Promise | None = None
    calibration: CalibrationRecord | None = None
    reference: TrafficReference | None = None
    reviews: ReviewReport | None = None
    reviewed: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class Bundle:
    """A verified bundle, ready to serve; immutable, so that a request can hold on to one.

    `probes` are texts with the answers that it gave when it was made; `calibration` is what its
    promises were certified on, None in a bundle that was made without.
    `reference` is what traffic looked like when it was made, where that was measured.
    """

    bundle_id: str
    directory: Path
    runtime: Runtime
    manifest: Manifest
    probes: tuple[Probe, ...]
    calibration: CalibrationRecord | None = None
    reference: TrafficReference | None = None

    @property
    def promises(self) -> tuple[Promise, ...]:
        """Return one promise for each target precision that was calibrated."""
        return self.manifest.promises

    @property
    def no_match(self) -> Promise | None:
        """Return the promise of the answer "no product is right", None where it is not said."""
        return self.manifest.no_match

    def promise_for(self, target_precision: float) -> Promise:
        """Return the promise for this target; raise BundleError when none was calibrated."""
        for promise in self.promises:
            if promise.target_precision == target_precision:
                return promise
        known = ", ".join(f"{promise.target_precision:g}" for promise in self.promises)
        raise BundleError(
            f"bundle {self.bundle_id} has no promise for a target precision of"
            f" {target_precision:g}; it has {known or 'none'}. Choose one of them or train again"
        )


def check_agreement(runtime: Runtime, where: Path | str) -> None:
    """Raise BundleError unless encoder, index, catalogue, memory and decider belong together."""
    encoder, index, catalogue = runtime.encoder, runtime.index, runtime.catalogue
    if encoder.dimension != index.dimension:
        raise BundleError(
            f"{where}: the encoder makes vectors of {encoder.dimension} dimensions,"
            f" but the index holds vectors of {index.dimension}"
        )
    if runtime.memory is not None and runtime.memory.index.dimension != encoder.dimension:
        raise BundleError(
            f"{where}: the encoder makes vectors of {encoder.dimension} dimensions, but the memory"
            f" of training queries holds vectors of {runtime.memory.index.dimension}"
        )
    if runtime.decider is not None:
        _check_known_queries(runtime.decider.side.known_queries, runtime, where)
    if index.rows.tolist() != list(range(len(catalogue))):
        raise BundleError(
            f"{where}: the index holds {len(index)} rows that are not the"
            f" {len(catalogue)} rows of the catalogue"
        )


def _check_known_queries(known: KnownQueries, runtime: Runtime, where: Path | str) -> None:
    expected = (len(runtime.catalogue), runtime.encoder.dimension)
    if (len(known), known.dimension) != expected:
        raise BundleError(
            f"{where}: the decider knows queries of {len(known)} products, as vectors of"
            f" {known.dimension} dimensions, but there are {expected[0]} products and the encoder"
            f" makes vectors of {expected[1]}"
        )
