"""Whether promised precisions were kept on the test queries, those without a product included."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from models.calibration.binomial import p_value
from training.compare.result import RunResult
from training.evaluation.promised import CalibratedCoverage

TARGET = 0.95


@dataclass(frozen=True, slots=True)
class KeptPromises:
    """Of `runs`, how many made the promise, and in how many of these the test agrees with it.

    `realised`: the precision of the accepted test queries is at least the promised one.
    `refuted`: it is lower by more than chance allows, by the exact test at the promise's own
    confidence. `unanswerable` of the `errors` have no right product in the catalogue.
    """

    runs: int
    made: int
    realised: int
    refuted: int
    accepted: int
    errors: int
    unanswerable: int

    def as_text(self) -> str:
        """Return the line under a table."""
        return (
            f"Promise of {TARGET:.2f}: made in {self.made} of {self.runs} runs; the realised"
            f" precision is at least that in {self.realised} of {self.made}, and lower by more than"
            f" chance allows, at the promise's own confidence, in {self.refuted}. Accepted test"
            f" queries of all runs: {self.accepted:,}, of which {self.errors:,} are errors,"
            f" {self.unanswerable:,} of them without a right product in the catalogue. Runs of one"
            " seed share their calibration and test queries."
        )


def kept_promises(results: Sequence[RunResult]) -> KeptPromises:
    """Return how the promise of `TARGET` fared in the runs that were calibrated."""
    found = [
        one for run in results for one in run.calibrated if one.promise.target_precision == TARGET
    ]
    made = [one for one in found if one.automates]
    return KeptPromises(
        runs=len(found),
        made=len(made),
        realised=sum(_is_realised(one) for one in made),
        refuted=sum(_is_refuted(one) for one in made),
        accepted=sum(one.measured.accepted for one in made),
        errors=sum(int(one.measured.errors) for one in made),
        unanswerable=sum(one.measured.unanswerable for one in made),
    )


def _is_realised(one: CalibratedCoverage) -> bool:
    """Return whether enough of what was accepted is right; nothing accepted breaks no promise."""
    precision = one.measured.precision
    return precision is None or precision >= one.promise.target_precision


def _is_refuted(one: CalibratedCoverage) -> bool:
    """Return whether so many errors are improbable: P(errors or more) <= 1 - confidence."""
    errors, promise = int(one.measured.errors), one.promise  # one product per query
    if errors == 0:
        return False
    fewer = p_value(errors - 1, one.measured.accepted, promise.target_precision)
    return 1 - fewer <= 1 - promise.confidence
