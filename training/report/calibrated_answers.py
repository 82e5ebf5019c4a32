"""What a report says of calibrated probabilities and of "no match"."""

from __future__ import annotations

from training.evaluation.calibrated_answers import CalibratedAnswers, NoMatch
from training.evaluation.pictures.reliability import CALIBRATED, reliability_picture
from training.evaluation.reliability import Reliability
from training.evaluation.table import Rows, evidence_cell, refusal
from training.report.decider import reliability_table
from training.report.findings import Findings
from training.report.page import Section

HEADING = "Probability of an answer, and no match"


def calibrated_answers(findings: Findings) -> Section:
    """Return how true the calibrated probabilities are, and what "no match" did."""
    found = findings.calibrated_answers
    if found is None:
        return Section(HEADING, ("These were not measured in this run.",))
    known = found.reliability
    return Section(
        HEADING,
        (*calibration_errors(findings), no_match(found)),
        pictures=() if known is None else (reliability_picture(known, CALIBRATED),),
        tables=(
            *(() if known is None else (reliability_table(known.bins),)),
            *(() if found.no_match is None else (no_match_table(found.no_match),)),
        ),
    )


def calibration_errors(findings: Findings) -> tuple[str, ...]:
    """Return how far the probabilities of answers are from the truth, as sentences."""
    found = findings.calibrated_answers
    if found is None:
        return ()
    if found.reliability is None:
        return (
            "There are too few calibration queries to say how probable an answer is; answers carry"
            " no calibrated probability.",
        )
    return (f"{_error(found.reliability)}{_beside(findings)}",)


def _error(known: Reliability) -> str:
    return (
        "Every answer carries the probability that its best product is right: an isotonic map of"
        " what decides, fitted on the calibration queries. On the test queries it and the share"
        f" that is right differ by {known.expected_calibration_error:.3f} on average (expected"
        " calibration error)."
    )


def _beside(findings: Findings) -> str:
    decider = findings.decider.reliability if findings.decider else None
    if decider is None:
        return ""
    return (
        f" For the probability of the decider, which it is made of, this is"
        f" {decider.expected_calibration_error:.3f}."
    )


def no_match(found: CalibratedAnswers) -> str:
    """Return what is promised of the answer "no match", and what it did, as a sentence or two."""
    one = found.no_match
    if one is None:
        return (
            "That no product of the catalogue is right is never said by machine: no precision was"
            " asked for it, or all calibration queries have a right product."
        )
    promise = one.promise
    if promise.threshold is None:
        return (
            f'"No match" cannot be promised with precision {promise.target_precision:.2f}'
            f" ({refusal(promise)}), so it is never said by machine."
        )
    told = "none" if one.precision is None else f"{one.precision:.1%} of them rightly"
    return (
        f'Queries whose best product has {promise.threshold:.4f} or less are answered with "no'
        f' match": at least {promise.target_precision:.0%} of them have no right product, with'
        f" {promise.confidence:.0%} confidence. On the test queries that was said of"
        f" {one.said / one.queries:.1%}, {told}."
    )


def no_match_table(one: NoMatch) -> Rows:
    """Return the promise of "no match" with what it did on the test queries."""
    promise = one.promise
    threshold = "-" if promise.threshold is None else f"{promise.threshold:.4f}"
    low, high = one.precision_interval
    precision = "-" if one.precision is None else f"{one.precision:.3f} [{low:.3f}, {high:.3f}]"
    return [
        [
            "no match, promised precision",
            "highest score",
            "calibration: said, errors",
            "test: said, errors",
            "share of all queries",
            "realised precision",
        ],
        [
            f"{promise.target_precision:.2f}",
            threshold,
            evidence_cell(promise),
            f"{one.said:,}, {one.said - one.right:,}",
            f"{one.said / max(one.queries, 1):.3f}",
            precision,
        ],
    ]
