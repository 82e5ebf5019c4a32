from __future__ import annotations

import numpy as np
import pytest

from models.index.base import Neighbours
from tests.training.evaluation.example import FOUND, RELEVANCE, promise
from training.data.dataset import relevance_matrix
from training.evaluation.report import TARGETS, evaluate, top_1_correct


def test_the_best_product_decides_whether_a_query_is_right() -> None:
    assert top_1_correct(FOUND, RELEVANCE).tolist() == [True, True, False, False]


def test_one_report_has_all_figures() -> None:
    """Best scores: 0.9 right; 0.8 right and 0.8 without an answer; 0.7 wrong."""
    report = evaluate("ours", FOUND, RELEVANCE, [promise(0.8), promise(None, target=0.95)])
    assert (report.name, report.queries, report.answerable) == ("ours", 4, 3)
    assert report.precision_at_1 == pytest.approx(0.5)
    assert report.curve.precision == pytest.approx([1, 2 / 3, 1 / 2])
    assert [one.target_precision for one in report.oracle] == list(TARGETS)
    assert [one.coverage for one in report.oracle] == pytest.approx([0.25] * 3)
    assert report.oracle[0].highest_possible == pytest.approx(0.5 / 0.9)


def test_a_promise_is_reported_with_what_it_did() -> None:
    kept, refused = evaluate(
        "ours", FOUND, RELEVANCE, [promise(0.8), promise(None, target=0.95)]
    ).calibrated
    assert (kept.realised.accepted, kept.realised.errors) == (3, 1)
    assert kept.realised.unanswerable == 1
    assert kept.promise.threshold == 0.8
    assert refused.realised.accepted == 0


def test_precision_at_5_applies_where_queries_have_several_right_products() -> None:
    found = Neighbours(np.zeros((2, 10), dtype=np.float32), np.tile(np.arange(10), (2, 1)))
    single = evaluate("", found, relevance_matrix([(0,), (9,)], 10), ())
    several = evaluate("", found, relevance_matrix([(0, 1), (9,)], 10), ())
    assert single.precision_at_5 is None
    assert several.precision_at_5 == pytest.approx((2 / 5 + 0) / 2)
    assert evaluate("", FOUND, RELEVANCE, ()).precision_at_5 is None  # three were found


def test_recall_at_10_applies_where_ten_products_were_found() -> None:
    found = Neighbours(np.zeros((2, 10), dtype=np.float32), np.tile(np.arange(10), (2, 1)))
    assert evaluate("", found, relevance_matrix([(0,), (11,)], 12), ()).recall_at_10 == 0.5
    assert evaluate("", FOUND, relevance_matrix([(0,)] * 4, 4), ()).recall_at_10 is None
