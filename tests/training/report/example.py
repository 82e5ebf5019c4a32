"""Findings of a small run, with text that a page must not take for markup."""

from __future__ import annotations

import numpy as np

from models.index.base import Neighbours
from tests.training.evaluation.example import FOUND, promise
from training.data.dataset import relevance_matrix
from training.evaluation.background import Background
from training.evaluation.confident_errors import ConfidentError, NamedProduct
from training.evaluation.groups import GroupThreshold, GroupThresholds
from training.evaluation.opis import OpisSettings
from training.evaluation.report import evaluate
from training.evaluation.separation import EDGES, ScoreHistogram
from training.report.findings import About, Findings
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
    )
