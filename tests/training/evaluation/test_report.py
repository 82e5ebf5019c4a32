from __future__ import annotations

import numpy as np
import pytest

from models.index.base import Neighbours
from tests.training.evaluation.example import FOUND, RELEVANCE, promise
from training.data.dataset import relevance_matrix
from training.evaluation.background import Background
from training.evaluation.opis import OpisSettings
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
    assert [one.coverage for one in report.oracle] == pytest.approx([0.25] * 6)
    assert report.oracle[2].highest_possible == pytest.approx(0.5 / 0.9)
    assert report.oracle[2].efficiency == pytest.approx(0.25 / (0.5 / 0.9))
    assert report.area_under_curve == pytest.approx((1 + 2 * 2 / 3 + 1 / 2) / 4)


def test_a_promise_is_reported_with_what_it_did() -> None:
    kept, refused = evaluate(
        "ours", FOUND, RELEVANCE, [promise(0.8), promise(None, target=0.95)]
    ).calibrated
    assert (kept.measured.accepted, kept.measured.errors) == (3, 1)
    assert kept.measured.unanswerable == 1
    assert kept.promise.threshold == 0.8
    assert refused.measured.accepted == 0


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


def test_recall_at_50_is_that_of_the_search_whatever_was_answered() -> None:
    wide = Neighbours(np.zeros((2, 50), dtype=np.float32), np.tile(np.arange(50), (2, 1)))
    answered = Neighbours(wide.scores[:, :10], wide.rows[:, 10:20])
    relevance = relevance_matrix([(0,), (55,)], 60)
    assert evaluate("", answered, relevance, (), first_stage=wide).recall_at_50 == 0.5
    assert evaluate("", answered, relevance, ()).recall_at_50 is None


def test_targets_reach_from_0_80_to_0_99() -> None:
    assert TARGETS == (0.80, 0.85, 0.90, 0.95, 0.98, 0.99)


def test_without_a_right_answer_there_is_no_efficiency() -> None:
    report = evaluate("", FOUND, relevance_matrix([()] * 4, 4), ())
    assert {one.efficiency for one in report.oracle} == {None}


def test_ranks_beyond_what_was_asked_for_are_left_out() -> None:
    assert [one.k for one in evaluate("", FOUND, RELEVANCE, ()).ranking] == [1, 3]


def test_a_catalogue_smaller_than_the_ranks_has_all_of_them() -> None:
    found = Neighbours(np.array([[0.5, 0.4]], dtype=np.float32), np.array([[1, 0]]))
    report = evaluate("", found, relevance_matrix([(0,)], 2), ())
    assert [one.k for one in report.ranking] == [1, 3, 5]
    assert [one.precision for one in report.ranking] == pytest.approx([0, 1 / 3, 1 / 5])


def test_propensities_and_groups_come_from_the_background() -> None:
    settings = OpisSettings(fewest_right_pairs=1, false_accept_rates=(0.1, 1.0))
    known = Background(np.array([1.0, 2.0, 4.0, 8.0]), np.array([0, 1, 0, 1]), settings)
    report = evaluate("", FOUND, RELEVANCE, (), known)
    assert report.ranking[0].propensity_scored_precision == pytest.approx(9 / 13)
    assert report.opis is not None
    assert report.opis.groups == 2

    unknown = evaluate("", FOUND, RELEVANCE, ())
    assert unknown.ranking[0].propensity_scored_precision is None
    assert unknown.opis is None
