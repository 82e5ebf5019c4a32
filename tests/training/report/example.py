"""Findings of a small run, with text that a page must not take for markup."""

from __future__ import annotations

import numpy as np

from models.decider.report import DeciderReport
from models.index.base import Neighbours
from tests.training.evaluation.example import FOUND, promise
from training.data.dataset import relevance_matrix
from training.decider.importance import Importance
from training.evaluation.background import Background
from training.evaluation.confident_errors import ConfidentError, NamedProduct
from training.evaluation.groups import GroupThreshold, GroupThresholds
from training.evaluation.opis import OpisSettings
from training.evaluation.reliability import reliability
from training.evaluation.report import evaluate
from training.evaluation.separation import EDGES, ScoreHistogram
from training.evaluation.what_if import WhatIf
from training.report.findings import About, DeciderFindings, Findings
from training.report.sources import sources_of

NASTY = "<script>alert('x')</script> | *bold* & 5\" $x$"
BINS = len(EDGES) - 1
ABOUT = About(
    title="A small shop",
    data=NASTY,
    data_digest="d" * 64,
    licence="CC BY 4.0",
    split="offers",
    seeds=(7,),
    products=4,
    train_queries=1_000,
    calibration_queries=1_200,
    test_queries=200,
    created_at="2026-11-23T00:00:00+00:00",
    command="alc-train fit --config configuration.toml",
)


REPORT = DeciderReport(queries=3_000, learnable=2_700, needed=100, folds=3, trees=120)
DECIDER = DeciderFindings(
    report=REPORT,
    candidates=10,
    recall=0.931,
    importances=(Importance("lead_in_score", 0.75), Importance("codes_only_in_query", 0.25)),
    reliability=reliability(np.full(100, 0.9, np.float32), np.arange(100) < 80),
)
TOO_FEW = DeciderFindings(
    report=DeciderReport(queries=50, learnable=40, needed=100, folds=0, trees=0),
    candidates=10,
    recall=0.931,
    importances=(),
    reliability=None,
)


def what_if(target: float, confidence: float = 0.9, coverage: float = 0.5) -> WhatIf:
    """A promise that is kept by 0.01; with coverage 0 it cannot be made."""
    right = target + 0.01
    return WhatIf(
        target_precision=target,
        confidence=confidence,
        threshold=0.8 if coverage else None,
        calibration_labels=1_200,
        accepted=600 if coverage else 100,
        errors=7.0,
        labels_needed=None if coverage else 1_234,
        automation_coverage=coverage,
        automation_coverage_interval=(coverage - 0.02, coverage + 0.02) if coverage else (0.0, 0.0),
        precision=right if coverage else None,
        precision_interval=(right - 0.01, right + 0.005) if coverage else (0.0, 1.0),
    )


WHAT_IF = (
    *(what_if(target, 0.9, coverage) for target, coverage in ((0.8, 0.9), (0.85, 0.7), (0.9, 0.0))),
    *(what_if(target, 0.95, 0.25) for target in (0.8, 0.85, 0.9)),
)


def findings() -> Findings:
    found = Neighbours(FOUND.scores.repeat(50, axis=0), FOUND.rows.repeat(50, axis=0))
    relevance = relevance_matrix([(0,)] * 50 + [(1, 3)] * 50 + [(2,)] * 50 + [()] * 50, 4)
    known = Background(np.ones(4), np.array([0, 1, 0, 1]), OpisSettings(fewest_right_pairs=1))
    promises = [promise(0.85), promise(None, target=0.95)]
    baseline = evaluate("nothing learned", found, relevance, ())
    ours = evaluate("ours", found, relevance, promises, known)
    histogram = ScoreHistogram("ours", (1,) * BINS, (2,) * BINS, 0.5)
    phones = GroupThreshold("phones", 60, 0.9, 0.8, 0.7, 0.6, None)
    wrong = NamedProduct("p1", NASTY)
    return Findings(
        about=ABOUT,
        configuration={"split": "offers", "training": {"seed": 7, "tcm": {"weight": 0.25}}},
        method=sources_of("softmax", {"temperature": 0.05}, {"weight": 0.25}, None, {}),
        evaluations=(baseline, ours),
        scores=(histogram,),
        groups=(GroupThresholds(0.9, 0.7, 0.12, 0, (phones,)),),
        errors=(ConfidentError(NASTY, wrong, 0.91, (), None),),
        what_if=WHAT_IF,
    )
