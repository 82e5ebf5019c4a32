from __future__ import annotations

from dataclasses import replace

from benchmarks.training.promises import kept_promises
from tests.training.compare.runs import cell, result
from tests.training.evaluation.example import promise
from training.compare.result import RunResult
from training.evaluation.coverage import Realised
from training.evaluation.promised import CalibratedCoverage
from training.names import Variant


def run(accepted: int, errors: int, threshold: float | None = 0.5) -> RunResult:
    """Return a run with a promise of 0.95 at confidence 0.9; one error has no right product."""
    realised = Realised(
        accepted=accepted,
        errors=errors,
        unanswerable=min(errors, 1),
        automation_coverage=accepted / 1000,
        automation_coverage_interval=(0.0, 1.0),
        precision=1 - errors / accepted if accepted else None,
        precision_interval=(0.0, 1.0),
    )
    calibrated = CalibratedCoverage(promise(threshold, target=0.95), realised)
    return replace(result(cell(Variant.BOTH, 0), 90), calibrated=(calibrated,))


def test_promises_are_counted_as_made_realised_and_refuted() -> None:
    kept = kept_promises(
        [
            run(100, 5),  # exactly 0.95
            # P(Bin(100, 0.05) >= 8) is 0.128 and P(>= 9) is 0.063: only nine errors refute.
            run(100, 8),
            run(100, 9),
            run(100, 0),
            run(0, 0),
            run(0, 0, threshold=None),
        ]
    )
    assert (kept.runs, kept.made, kept.realised, kept.refuted) == (6, 5, 3, 1)
    assert (kept.accepted, kept.errors, kept.unanswerable) == (400, 22, 3)


def test_the_line_says_what_was_kept() -> None:
    text = kept_promises([run(100, 8), run(0, 0, threshold=None)]).as_text()
    assert "made in 1 of 2 runs" in text
    assert "at least that in 0 of 1" in text
    assert "100, of which 8 are errors, 1 of them without a right product" in text
