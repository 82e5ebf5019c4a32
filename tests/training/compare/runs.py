"""Results of runs whose numbers are chosen, so that tables can be worked out by hand."""

from __future__ import annotations

import numpy as np

from models.index.base import Neighbours
from tests.training.evaluation.example import promise
from training.compare.cell import GridCell
from training.compare.result import RunResult, Timing, run_result
from training.data.dataset import relevance_matrix
from training.evaluation.report import Evaluation, evaluate
from training.evaluation.separation import EDGES, ScoreHistogram
from training.names import Variant

BINS = len(EDGES) - 1
QUERIES = 100


def cell(variant: Variant, seed: int, recipe: str = "softmax") -> GridCell:
    return GridCell(recipe, variant, seed, f"digest of {recipe} {variant} {seed}")


def result(of: GridCell, right: int, decided: int | None = None) -> RunResult:
    """Return a run in which the `right` highest scores of 100 queries are right.

    Of the probabilities of its decider, where it has one, the `decided` highest are.
    """
    return run_result(
        of,
        _evaluation(right),
        data="a small shop",
        data_digest="d" * 64,
        split="offers",
        timing=Timing(2.0, 1500.0),
        scores=ScoreHistogram(of.model, (1,) * BINS, (2,) * BINS, 0.9),
        decided=None if decided is None else _evaluation(decided),
    )


def _evaluation(right: int) -> Evaluation:
    scores = np.linspace(0.99, 0.01, QUERIES, dtype=np.float32)[:, None]
    found = Neighbours(scores, np.zeros((QUERIES, 1), dtype=np.int64))
    labels = relevance_matrix([(0,)] * right + [()] * (QUERIES - right), 1)
    return evaluate("", found, labels, [promise(0.5), promise(None, target=0.95)])
