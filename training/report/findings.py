"""All that a report is made of, as plain values that can be written and read back.

A run writes them as `findings.json` beside its report; the report can then be made again, in a
newer form say, without the model, the data or any training.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields
from typing import Any

from pydantic import TypeAdapter, ValidationError

from models.decider.report import DeciderReport
from models.errors import DataError
from training.decider.importance import Importance
from training.evaluation.calibrated_answers import CalibratedAnswers
from training.evaluation.confident_errors import ConfidentError
from training.evaluation.groups import GroupThresholds
from training.evaluation.promised import CalibratedCoverage
from training.evaluation.record import evaluation_from, metrics_of
from training.evaluation.reliability import Reliability
from training.evaluation.report import Evaluation
from training.evaluation.separation import ScoreHistogram
from training.evaluation.what_if import WhatIf

FORMAT = 1
DEFAULT_CONFIDENCE, DEFAULT_TARGET = 0.90, 0.95  # where nothing was promised


@dataclass(frozen=True, slots=True)
class About:
    """What was trained, on what, and when.

    `licence` is that of the data, as whoever gave them states it, or "" when nobody did.
    `review_queries` were learnt from beside the training queries.
    `command` makes the run again, with the configuration of the findings as `configuration.toml`.
    `parent` is the bundle that was calibrated again, None where a model was trained.
    """

    title: str
    data: str
    data_digest: str
    licence: str
    split: str
    seeds: tuple[int, ...]
    products: int
    train_queries: int
    calibration_queries: int
    test_queries: int
    created_at: str
    command: str
    review_queries: int = 0
    parent: str | None = None


@dataclass(frozen=True, slots=True)
class Source:
    """A part of the method: what it is for, where it was published, and its settings."""

    name: str
    purpose: str
    citation: str
    settings: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class DeciderFindings:
    """What the decider judges, learnt from and decides by, and how true its probabilities are.

    `recall` is the share of the test queries' right products that are among the candidates. Where
    there was too little to learn from, `reliability` is None and there are no `importances`.
    """

    report: DeciderReport
    candidates: int
    recall: float | None
    importances: tuple[Importance, ...]
    reliability: Reliability | None


@dataclass(frozen=True, slots=True, eq=False)
class Findings:
    """The results of one run, or of several seeds of one; the last evaluation is the bundle's.

    `scores` are of the models before and after, in this order. `decider` is None where none was
    asked for, and in findings that are older than it. `what_if` is of several targets and
    confidences; it and `calibrated_answers` are missing in findings that are older.
    """

    about: About
    configuration: Mapping[str, Any]
    method: tuple[Source, ...]
    evaluations: tuple[Evaluation, ...]
    scores: tuple[ScoreHistogram, ...]
    groups: tuple[GroupThresholds, ...]
    errors: tuple[ConfidentError, ...]
    decider: DeciderFindings | None = None
    what_if: tuple[WhatIf, ...] = ()
    calibrated_answers: CalibratedAnswers | None = None

    @property
    def confidence(self) -> float:
        """Return how sure the promises are, or would be."""
        return next((one.promise.confidence for one in self._calibrated), DEFAULT_CONFIDENCE)

    @property
    def target(self) -> float:
        """Return the target precision in the middle of those that were asked for."""
        targets = sorted(one.promise.target_precision for one in self._calibrated)
        return targets[len(targets) // 2] if targets else DEFAULT_TARGET

    @property
    def _calibrated(self) -> tuple[CalibratedCoverage, ...]:
        return self.evaluations[-1].calibrated

    @property
    def decided_by(self) -> str:
        """Return what thresholds are compared with, in a word."""
        return "probability" if self.decider and self.decider.reliability else "score"


_PARTS: dict[str, TypeAdapter[Any]] = {
    "about": TypeAdapter(About),
    "configuration": TypeAdapter(dict[str, Any]),
    "method": TypeAdapter(tuple[Source, ...]),
    "scores": TypeAdapter(tuple[ScoreHistogram, ...]),
    "groups": TypeAdapter(tuple[GroupThresholds, ...]),
    "errors": TypeAdapter(tuple[ConfidentError, ...]),
    "decider": TypeAdapter(DeciderFindings | None),
    "what_if": TypeAdapter(tuple[WhatIf, ...]),
    "calibrated_answers": TypeAdapter(CalibratedAnswers | None),
}
# Parts that older files do not have.
_OLDER: dict[str, Any] = {"decider": None, "what_if": (), "calibrated_answers": None}


_MAPPINGS = TypeAdapter(tuple[dict[str, Any], ...])


def findings_json(findings: Findings) -> bytes:
    """Return the findings as JSON; the curves of the evaluations are thinned."""
    plain: dict[str, Any] = {"format": FORMAT}
    for one in fields(findings):
        value = getattr(findings, one.name)
        if one.name == "evaluations":
            plain[one.name] = [metrics_of(evaluation) for evaluation in value]
        else:
            plain[one.name] = _PARTS[one.name].dump_python(value, mode="json")
    return json.dumps(plain, indent=1, allow_nan=False).encode() + b"\n"


def read_findings(content: bytes, where: str) -> Findings:
    """Return what `findings_json` wrote; raise DataError naming `where` and the broken part."""
    try:
        plain = json.loads(content)
    except ValueError as error:
        raise DataError(f"{where}: is not JSON: {error}") from error
    if not isinstance(plain, dict) or plain.get("format") != FORMAT:
        raise DataError(
            f"{where}: is not a file of findings in format {FORMAT}; run the training again"
        )
    plain = {**_OLDER, **plain}
    try:
        parts = {name: adapter.validate_python(plain[name]) for name, adapter in _PARTS.items()}
        evaluations = tuple(
            evaluation_from(one) for one in _MAPPINGS.validate_python(plain["evaluations"])
        )
    except KeyError as error:
        raise DataError(f"{where}: {error} is missing") from error
    except (ValidationError, DataError) as error:
        raise DataError(f"{where}: cannot be read: {error}") from error
    return Findings(evaluations=evaluations, **parts)


def settings_rows(configuration: Mapping[str, Any], prefix: str = "") -> list[list[str]]:
    """Return dotted name and value of each setting, in the configuration's order."""
    rows = []
    for name, value in configuration.items():
        if isinstance(value, Mapping):
            rows += settings_rows(value, f"{prefix}{name}.")
        else:
            rows.append([f"{prefix}{name}", json.dumps(value, default=asdict)])
    return rows
