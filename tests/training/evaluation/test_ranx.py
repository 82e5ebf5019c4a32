"""The same numbers as those of ranx, an independent implementation of ranking measures."""

from __future__ import annotations

from importlib import import_module
from types import ModuleType

import numpy as np
import pytest

from models.index.base import Neighbours
from tests.training.evaluation.lists import neighbours
from training.data.dataset import Relevance, relevance_matrix
from training.evaluation.ranking import ranking_at

PRODUCTS = 12
ASKED = 8


@pytest.fixture(scope="module")
def ranx(tmp_path_factory: pytest.TempPathFactory) -> ModuleType:
    """Compiling its loops would take longer than all other tests here; they run without, too.

    What it imports makes a directory for data sets, by default in the home directory.
    """
    home = str(tmp_path_factory.mktemp("ir_datasets"))
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("NUMBA_DISABLE_JIT", "1")
        patch.setenv("IR_DATASETS_HOME", home)
        return import_module("ranx")


def random_lists(seed: int) -> tuple[Neighbours, Relevance]:
    """Return 40 lists of 8 of 12 products; one to five are right, wherever they stand."""
    random = np.random.default_rng(seed)
    rows = np.array([random.permutation(PRODUCTS)[:ASKED] for _ in range(40)])
    right = [random.permutation(PRODUCTS)[: random.integers(1, 6)].tolist() for _ in rows]
    return neighbours(rows), relevance_matrix(right, PRODUCTS)


@pytest.mark.parametrize("k", [1, 3, 5])
def test_precision_recall_and_ndcg_are_those_of_ranx(ranx: ModuleType, k: int) -> None:
    found, relevance = random_lists(seed=k)
    right = relevance.toarray()
    qrels = {
        f"q{query}": {f"p{row}": 1 for row in np.flatnonzero(answers)}
        for query, answers in enumerate(right)
    }
    run = {
        f"q{query}": {f"p{row}": float(score) for row, score in zip(rows, scores, strict=True)}
        for query, (rows, scores) in enumerate(zip(found.rows, found.scores, strict=True))
    }

    names = [f"precision@{k}", f"recall@{k}", f"ndcg@{k}"]
    theirs = ranx.evaluate(ranx.Qrels(qrels), ranx.Run(run), names)

    ours = ranking_at(found, relevance, k, None)
    assert [ours.precision, ours.recall, ours.ndcg] == pytest.approx(
        [theirs[name] for name in names]
    )
