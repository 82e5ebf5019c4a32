from __future__ import annotations

from dataclasses import replace

import pytest

from tests.training.evaluation.example import FOUND, RELEVANCE, promise
from training.data.dataset import relevance_matrix
from training.evaluation.report import Evaluation, evaluate
from training.evaluation.table import as_markdown, as_text, calibrated_table, results_table


@pytest.fixture
def evaluation() -> Evaluation:
    single = relevance_matrix([(0,), (3,), (2,), ()], 4)
    promises = [promise(0.8), promise(None, target=0.95)]
    return evaluate("base + TCM", FOUND, single, promises)


def test_the_columns_are_those_of_the_reference_table(evaluation: Evaluation) -> None:
    baseline = replace(evaluation, name="TF-IDF", precision_at_1=0.4)
    assert results_table([baseline, evaluation]) == [
        ["", "P@1", "C@1(0.90) oracle", "C@1(0.95) oracle", "C@1(0.98) oracle"],
        ["TF-IDF", "0.400", "0.250", "0.250", "0.250"],
        ["base + TCM", "0.500", "0.250", "0.250", "0.250"],
    ]


def test_precision_at_5_has_a_column_only_where_it_applies(evaluation: Evaluation) -> None:
    several = replace(evaluation, precision_at_5=0.123)
    header, without, with_it = results_table([evaluation, several])
    assert header[2] == "P@5"
    assert (without[2], with_it[2]) == ("-", "0.123")


def test_a_promise_shows_its_evidence_and_what_it_did(evaluation: Evaluation) -> None:
    _, kept, _ = calibrated_table(evaluation)
    assert kept == ["0.90", "0.8000", "100 of 1,200, 4", "0.750", "0.667"]


def test_a_refusal_says_how_many_labels_are_missing_or_that_none_would_help(
    evaluation: Evaluation,
) -> None:
    _, _, refused = calibrated_table(evaluation)
    assert refused[1] == "cannot promise (1,234 more labels needed)"
    hopeless = replace(promise(None), labels_needed=None)
    _, low = calibrated_table(evaluate("", FOUND, RELEVANCE, [hopeless]))
    assert low[1] == "cannot promise (precision too low)"


def test_a_promise_that_accepts_no_test_query_has_no_precision() -> None:
    _, row = calibrated_table(evaluate("", FOUND, RELEVANCE, [promise(0.99)]))
    assert row[-2:] == ["0.000", "-"]


def test_text_is_aligned_and_markdown_is_a_table() -> None:
    rows = [["", "P@1"], ["TF-IDF", "0.771"]]
    assert as_text(rows) == "        P@1\nTF-IDF  0.771"
    assert as_markdown(rows) == "|  | P@1 |\n| --- | --- |\n| TF-IDF | 0.771 |"
