from __future__ import annotations

from models.drift.stability import noise, population_stability_index
from service.drift.counts import Counts
from service.drift.measures import Drift, drift_of
from tests.models.drift.references import small_reference

REFERENCE = small_reference(score_counts=(10, 20, 30, 40))


def test_the_measures_of_an_hour() -> None:
    counts = Counts(queries=8, score_counts=(4, 2, 1, 1), ngrams=80, unseen_ngrams=20, truncated=2)
    assert drift_of(counts, REFERENCE) == Drift(
        psi=population_stability_index([4, 2, 1, 1], [10, 20, 30, 40]),
        noise=noise(8, 100, 4),
        unseen_ngrams=0.25,
        truncated=0.25,
    )


def test_what_was_not_counted_has_no_measure() -> None:
    assert drift_of(Counts(), REFERENCE) == Drift(None, None, None, None)
    assert drift_of(Counts(queries=3), REFERENCE) == Drift(None, None, None, truncated=0)
