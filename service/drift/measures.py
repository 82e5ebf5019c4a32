"""How far the queries of an hour are from those a bundle was made for."""

from __future__ import annotations

from dataclasses import dataclass

from models.drift.reference import TrafficReference
from models.drift.stability import Noise
from service.drift.counts import Counts


@dataclass(frozen=True, slots=True)
class Drift:
    """Measures of some queries; None where there is nothing to measure.

    `psi` is the population stability index of the deciding scores, and `noise` what it is for as
    many queries of unchanged traffic. The other two are shares.
    """

    psi: float | None
    noise: Noise | None
    unseen_ngrams: float | None
    truncated: float | None


def drift_of(counts: Counts, reference: TrafficReference) -> Drift:
    """Return the measures of these counts, which must be of the bundle of this reference."""
    scored = sum(counts.score_counts)
    return Drift(
        psi=reference.stability(counts.score_counts),
        noise=reference.noise(scored),
        unseen_ngrams=_share(counts.unseen_ngrams, counts.ngrams),
        truncated=_share(counts.truncated, counts.queries),
    )


def _share(part: int, whole: int) -> float | None:
    return part / whole if whole else None
