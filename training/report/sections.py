"""The sections of the report's page."""

from __future__ import annotations

from models.thresholds import Promise
from training.evaluation.confident_errors import ConfidentError, NamedProduct
from training.evaluation.groups import GroupThreshold, GroupThresholds
from training.evaluation.kept import groups_table, kept_table, verdict
from training.evaluation.pictures.groups import group_picture
from training.evaluation.pictures.importance import importance_picture
from training.evaluation.pictures.promises import precision_coverage_picture
from training.evaluation.pictures.reliability import reliability_picture
from training.evaluation.pictures.scores import score_picture
from training.evaluation.pictures.style import Picture
from training.evaluation.promised import CalibratedCoverage, evidence
from training.evaluation.report import Evaluation
from training.evaluation.table import Rows, calibrated_table, results_table
from training.report.findings import Findings, settings_rows
from training.report.page import Section


def results(findings: Findings) -> Section:
    """Return how good the models are, over the same test queries."""
    return Section(
        "Results",
        (
            "P@1 is the share of queries whose best answer is right. C@1(P) oracle is the largest"
            " share of queries that could be automated with precision P if the threshold were"
            " chosen on the test labels: it compares models and promises nothing.",
        ),
        tables=(results_table(findings.evaluations), measures_table(findings.evaluations)),
    )


def measures_table(evaluations: tuple[Evaluation, ...]) -> Rows:
    """Return the measures beside C@1 that are known for at least one model, one row per model."""
    rows = [_measures(one) for one in evaluations]
    names = [name for name in rows[-1] if any(name in row for row in rows)]
    body = [
        [one.name, *(_number(row.get(name)) for name in names)]
        for one, row in zip(evaluations, rows, strict=True)
    ]
    return [["", *names], *body]


def _measures(one: Evaluation) -> dict[str, float | None]:
    found: dict[str, float | None] = {}
    for rank in one.ranking:
        found[f"P@{rank.k}"] = rank.precision
        found[f"nDCG@{rank.k}"] = rank.ndcg
        found[f"PSP@{rank.k}"] = rank.propensity_scored_precision
    found["area under curve"] = one.area_under_curve
    found["OPIS"] = one.opis.value if one.opis else None
    return found


def promises(findings: Findings) -> Section:
    """Return what is promised, on what evidence, and what it did on the test queries."""
    ours = findings.evaluations[-1]
    if not ours.calibrated:
        return Section("Promises", ("Nothing was promised in this run.",))
    return Section(
        "Promises",
        tuple(promise_sentence(one, findings.decided_by) for one in ours.calibrated),
        tables=(
            calibrated_table(ours),
            kept_table(ours.calibrated),
            *(groups_table(one) for one in ours.calibrated if one.groups),
        ),
    )


def promise_sentence(one: CalibratedCoverage, decided_by: str = "score") -> str:
    """Return a promise, its evidence and its fate on the test queries as a sentence or two.

    `decided_by` says of what the threshold is one.
    """
    promise, realised = one.promise, one.realised
    if not one.automates:
        return (
            f"Precision {promise.target_precision:.2f} cannot be promised: at the first threshold"
            f" tried, {promise.errors:,.6g} of {promise.accepted:,} accepted calibration queries"
            " were wrong, which is too many or too few queries to be sure. Everything goes to"
            " people."
        )
    if realised is None:
        return f"{_promised(promise, decided_by)} What it does on the test queries is not measured."
    return (
        f"{_promised(promise, decided_by)} On the test"
        f" queries it automates {realised.automation_coverage:.1%}; the promise is"
        f" {verdict(one).value}."
    )


def _promised(promise: Promise, decided_by: str) -> str:
    known = evidence(promise)
    if promise.grouping is not None:
        return (
            f"{_by_group(promise)} {known.accepted:,} of {known.labels:,} calibration queries"
            + (f" reach the threshold of their group and {known.errors:,.6g} of them are wrong.")
        )
    return (
        f"Answers of {decided_by} {promise.threshold:.4f} or more are right in at least"
        f" {promise.target_precision:.0%} of cases, with {promise.confidence:.0%} confidence:"
        f" {known.accepted:,} of {known.labels:,} calibration queries reach the threshold and"
        f" {known.errors:,.6g} of them are wrong."
    )


def _by_group(promise: Promise) -> str:
    assert promise.grouping
    own = sum(one.threshold is not None for one in promise.groups)
    stopped = len(promise.groups) - own
    others = (
        "all other queries go to people"
        if promise.threshold is None
        else f"all other queries share {promise.threshold:.4f}"
    )
    return (
        f"Precision {promise.target_precision:.2f} is promised to each group by the"
        f" {promise.grouping.attribute} of the {promise.grouping.of}, with {promise.confidence:.0%}"
        f" confidence for all of them together. Groups with a threshold of their own: {own:,};"
        f" groups that are not automated: {stopped:,}; {others}."
    )


def pictures(findings: Findings) -> Section:
    """Return the pictures that the findings allow."""
    drawn: list[Picture] = [precision_coverage_picture(findings.evaluations)]
    if findings.scores:
        drawn.append(score_picture(findings.scores))
    if findings.decider and findings.decider.reliability:
        drawn.append(reliability_picture(findings.decider.reliability))
        drawn.append(importance_picture(findings.decider.importances))
    drawn += [group_picture(one) for one in findings.groups if one.groups]
    return Section("Pictures", pictures=drawn)


def groups(findings: Findings) -> Section:
    """Return the thresholds of each group as numbers."""
    return Section(
        "Thresholds of the groups",
        tuple(map(_spread, findings.groups)) or ("The products have no categories to compare.",),
        tables=tuple(group_table(one) for one in findings.groups if one.groups),
    )


def _spread(found: GroupThresholds) -> str:
    target = f"At precision {found.target_precision:.2f}"
    if found.spread is None:
        return f"{target}, too few groups have enough queries to compare their thresholds."
    return (
        f"{target}, the groups' own thresholds have a standard deviation of {found.spread:.3f}."
        " The closer to 0, the better one threshold serves all."
    )


def group_table(found: GroupThresholds) -> Rows:
    """Return one row per group, the one with the highest threshold first."""
    header = [
        f"group, precision {found.target_precision:.2f}",
        "queries",
        "P@1",
        "own threshold",
        "automated by it",
        "automated by the shared one",
        "precision there",
    ]
    return [header, *map(_group, found.groups)]


def _group(one: GroupThreshold) -> list[str]:
    return [
        one.name,
        f"{one.queries:,}",
        f"{one.precision_at_1:.3f}",
        "not reached" if one.threshold is None else f"{one.threshold:.4f}",
        f"{one.coverage:.3f}",
        f"{one.shared_coverage:.3f}",
        _number(one.shared_precision),
    ]


_PLURALS = {"score": "scores", "probability": "probabilities"}


def errors(findings: Findings) -> Section:
    """Return the wrong answers of the highest scores."""
    by = findings.decided_by
    header = [by, "query", "answered with", "labelled with", f"{by} of the label"]
    rows = [_error(one) for one in findings.errors]
    return Section(
        f"Most confident errors, by {by}",
        (
            f"The wrong answers of the highest {_PLURALS[by]}. Read each pair of products: where"
            " they are one and the same, the catalogue has it twice; where the answer is right, the"
            " label is wrong. Only what is left is an error of the model.",
            "Often they are one product that the catalogue has twice: alc-train catalogue-check"
            " lists such products, and labels that may be wrong, for the whole catalogue; with"
            " --bundle it looks at these errors as well.",
        )
        if rows
        else ("No answer was wrong.",),
        tables=([header, *rows],) if rows else (),
    )


def _error(one: ConfidentError) -> list[str]:
    return [
        f"{one.score:.4f}",
        one.query,
        _product(one.answered),
        "; ".join(map(_product, one.right)) or "not in the catalogue",
        "-" if one.right_score is None else f"{one.right_score:.4f}",
    ]


def _product(one: NamedProduct) -> str:
    return f"{one.title} [{one.product_id}]"


def method(findings: Findings) -> Section:
    """Return the parts of the method with their sources, and all settings."""
    parts = [[one.name, one.purpose, one.citation] for one in findings.method]
    return Section(
        "Method and settings",
        ("The same settings, seed and data on one machine give the same numbers.",),
        tables=(
            [["part", "what it does", "source"], *parts],
            [["setting", "value"], *settings_rows(findings.configuration)],
        ),
    )


def _number(value: float | None) -> str:
    return "-" if value is None else f"{value:.3f}"
