from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from models.index.base import Neighbours
from tests.training.evaluation.example import FOUND, RELEVANCE, promise
from training.data.dataset import relevance_matrix
from training.evaluation.background import Background
from training.evaluation.opis import OpisSettings
from training.evaluation.record import CURVE_POINTS, metrics_of
from training.evaluation.report import TARGETS, evaluate
from training.report import report_files

PNG = b"\x89PNG\r\n\x1a\n"


def files() -> Mapping[str, bytes]:
    found = Neighbours(FOUND.scores.repeat(50, axis=0), FOUND.rows.repeat(50, axis=0))
    relevance = relevance_matrix([(0,)] * 50 + [(1, 3)] * 50 + [(2,)] * 50 + [()] * 50, 4)
    promises = [promise(0.85), promise(None, target=0.95)]
    baseline = evaluate("nothing learned", found, relevance, ())
    settings = OpisSettings(false_accept_rates=(0.01, 0.5))
    known = Background(np.ones(4), np.array([0, 1, 0, 1]), settings)
    ours = evaluate("ours", found, relevance, promises, known)
    return report_files("split offers", [baseline, ours])


def test_the_table_has_all_models_and_the_promises_of_the_last() -> None:
    """Only score 0.9 reaches 0.85: a quarter is accepted, all of it right."""
    text = files()["table.txt"].decode()

    assert text.startswith("split offers, 200 test queries\n")
    assert text.count("nothing learned") == text.count("ours") == 1
    assert "0.8500" in text
    assert "100 of 1,200, 4" in text
    assert "0.250" in text
    assert "cannot promise (1,234 more labels needed)" in text


def test_the_markdown_has_the_same_cells_as_the_text() -> None:
    def words(name: str) -> list[str]:
        text = files()[name].decode().replace("|", " ").replace("---", " ")
        return text.split()

    assert words("table.md") == words("table.txt")


def test_the_picture_is_a_png() -> None:
    assert files()["precision_coverage.png"].startswith(PNG)


def test_the_metrics_are_plain_json_with_every_figure() -> None:
    metrics: dict[str, Any] = json.loads(files()["metrics.json"])
    baseline, ours = metrics["models"]

    assert metrics["title"] == "split offers"
    assert baseline["calibrated"] == []
    assert (ours["name"], ours["queries"], ours["answerable"]) == ("ours", 200, 150)
    assert ours["precision_at_1"] == 0.5
    assert [one["target_precision"] for one in ours["oracle"]] == list(TARGETS)
    assert ours["oracle"][2]["efficiency"] == pytest.approx(0.25 / (0.5 / 0.9))
    assert [one["k"] for one in ours["ranking"]] == [1, 3]
    assert ours["ranking"][0]["precision"] == 0.5
    assert ours["ranking"][0]["propensity_scored_precision"] == pytest.approx(2 / 3)
    assert ours["area_under_curve"] == pytest.approx((1 + 2 * 2 / 3 + 1 / 2) / 4)
    assert ours["opis"]["groups"] == 2
    assert baseline["opis"] is None
    kept, refused = ours["calibrated"]
    assert kept["promise"]["threshold"] == 0.85
    assert kept["realised"]["precision"] == 1.0
    assert refused["realised"] | {"accepted": 0, "precision": None} == refused["realised"]


def test_the_curve_of_a_small_test_is_whole() -> None:
    curve = metrics_of(evaluate("ours", FOUND, RELEVANCE, ()))["curve"]

    assert curve["threshold"] == pytest.approx([0.9, 0.8, 0.7])
    assert curve["automation_coverage"] == [0.25, 0.75, 1.0]
    assert curve["precision"] == pytest.approx([1, 2 / 3, 1 / 2])


@pytest.mark.parametrize("queries", [CURVE_POINTS + 1, 7 * CURVE_POINTS + 3])
def test_the_curve_of_a_large_test_is_thinned_and_keeps_both_ends(queries: int) -> None:
    scores = np.linspace(1, 0.1, queries, dtype=np.float32)[:, None]
    found = Neighbours(scores, np.zeros((queries, 1), dtype=np.int64))
    whole = evaluate("ours", found, relevance_matrix([(0,)] * queries, 1), ())

    curve = metrics_of(whole)["curve"]

    assert len(curve["threshold"]) == len(curve["precision"]) == CURVE_POINTS
    assert curve["automation_coverage"][0] == pytest.approx(1 / queries)
    assert curve["automation_coverage"][-1] == 1.0
    assert curve["automation_coverage"] == sorted(curve["automation_coverage"])


def test_what_is_no_number_is_never_written_as_json() -> None:
    broken = replace(evaluate("ours", FOUND, RELEVANCE, ()), precision_at_1=float("nan"))

    with pytest.raises(ValueError, match="JSON"):
        report_files("split offers", [broken])
