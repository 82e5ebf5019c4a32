from __future__ import annotations

import pytest

from models.thresholds import Promise
from training.evaluation.coverage import Realised
from training.evaluation.kept import Verdict, kept_table, verdict
from training.evaluation.promised import CalibratedCoverage


def of(threshold: float | None, precision: float | None, highest: float) -> CalibratedCoverage:
    promise = Promise(0.9, 0.9, threshold, 100, 50, 1, 0.01, None, "2026-01-02T00:00:00+00:00")
    accepted = 0 if precision is None else 40
    realised = Realised(accepted, 4, 0, accepted / 80, (0.1, 0.6), precision, (0.5, highest))
    return CalibratedCoverage(promise, realised)


@pytest.mark.parametrize(
    ("one", "expected"),
    [
        (of(0.5, 0.9, 0.95), Verdict.KEPT),
        (of(0.5, 0.89, 0.9), Verdict.WITHIN_CHANCE),
        (of(0.5, 0.8, 0.89), Verdict.BROKEN),
        (of(0.5, None, 1.0), Verdict.NOTHING_ACCEPTED),
        (of(None, None, 1.0), Verdict.NOTHING_PROMISED),
    ],
    ids=["at-target", "interval-reaches-target", "interval-below", "no-answer", "no-threshold"],
)
def test_a_promise_is_broken_only_where_chance_does_not_explain_it(
    one: CalibratedCoverage, expected: Verdict
) -> None:
    assert verdict(one) is expected


def test_the_table_shows_both_shares_with_their_intervals() -> None:
    _, kept, none = kept_table([of(0.5, 0.9, 0.95), of(None, None, 1.0)])

    assert kept == [
        *("0.90", "0.5000", "0.500 [0.100, 0.600]", "40, 4"),
        *("0.900 [0.500, 0.950]", "kept"),
    ]
    assert none[1] == none[4] == "-"
