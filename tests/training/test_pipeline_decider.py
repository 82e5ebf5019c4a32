"""The whole path with a decider; tests/training/test_pipeline.py has it without one."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from models.bundle.bundle import Bundle
from models.bundle.load import load_bundle
from models.index.base import Neighbours
from models.memory.settings import MemorySettings
from tests.training.products import small_shop
from tests.training.test_pipeline import NOW, SETTINGS, TRAINING, silent
from training.augmentation.settings import AugmentationSettings
from training.configuration.read import bundle_layer, read_settings
from training.data.splits import SplitDataset, SplitKind
from training.decider.settings import DeciderSettings
from training.evaluation.report import top_1_correct
from training.evaluation.search import answers
from training.loop.step import Fold, Step
from training.loop.stopping_settings import StoppingSettings
from training.parts import split_of
from training.pipeline import Stages, train, train_and_publish
from training.pipeline_settings import PipelineSettings
from training.reevaluation import evaluate_own
from training.report.findings import Findings, read_findings
from training.trained import Trained

Made = tuple[Bundle, Trained]

SHOP = small_shop(offers_per_product=10)
FOLDS = replace(
    SETTINGS,
    training=replace(TRAINING, epochs=1),
    split=SplitKind.OPEN,
    decider=DeciderSettings(folds=2, rounds=6, fewest_queries=20),
)
OWN = replace(FOLDS, decider=DeciderSettings(folds=0, rounds=6, fewest_queries=20))
WANTING = replace(FOLDS, decider=DeciderSettings(folds=0, fewest_queries=5_000))


def parts_of(settings: PipelineSettings) -> SplitDataset:
    return split_of(SHOP, settings)


def published(settings: PipelineSettings, bundles: Path) -> Made:
    directory, result = train_and_publish(SHOP, settings, bundles, NOW, silent)
    return load_bundle(directory), result


@pytest.fixture(scope="module")
def usual(tmp_path_factory: pytest.TempPathFactory) -> Made:
    return published(FOLDS, tmp_path_factory.mktemp("usual"))


@pytest.fixture(scope="module")
def wanting(tmp_path_factory: pytest.TempPathFactory) -> Made:
    return published(WANTING, tmp_path_factory.mktemp("wanting"))


def findings_of(bundle: Bundle) -> Findings:
    return read_findings((bundle.directory / "report" / "findings.json").read_bytes(), "findings")


def same(one: Neighbours, other: Neighbours) -> bool:
    assert one.probabilities is not None
    assert other.probabilities is not None
    return all(
        np.array_equal(a, b, equal_nan=True)
        for a, b in (
            (one.rows, other.rows),
            (one.scores, other.scores),
            (one.probabilities, other.probabilities),
        )
    )


def test_a_published_decider_answers_as_the_trained_one(usual: Made) -> None:
    bundle, result = usual
    texts = SHOP.texts[:60]
    served, expected = (one.candidates(texts, 3) for one in (bundle.runtime, result.runtime))
    assert same(served, expected)
    assert bundle.manifest.decider == result.decider_report
    assert bundle.manifest.decider
    assert bundle.manifest.decider.trees > 0
    assert bundle.manifest.decider.missing == 0


def test_promises_are_counts_of_probabilities_on_calibration_queries(usual: Made) -> None:
    _, result = usual
    calibration = parts_of(FOLDS).calibration
    found = result.runtime.candidates(calibration.texts, 1)
    correct = top_1_correct(found, calibration.relevance)
    assert found.probabilities is not None
    assert any(promise.threshold is not None for promise in result.promises)
    for promise in result.promises:
        if promise.threshold is None:
            continue
        chosen = found.probabilities[:, 0] >= np.float32(promise.threshold)
        assert 0 < promise.threshold < 1
        assert promise.calibration_labels == len(calibration)
        assert (promise.accepted, promise.errors) == (chosen.sum(), (chosen & ~correct).sum())


def test_results_are_those_of_no_training_of_the_score_and_of_the_decider(usual: Made) -> None:
    _, result = usual
    baseline, by_score, decided = result.evaluations
    assert baseline.name == "TF-IDF, no training"
    assert (by_score.name, decided.name) == ("softmax + TCM + ALC", "softmax + TCM + ALC, decider")
    assert decided is result.by_decider
    alone = replace(result.runtime, decider=None)
    test = parts_of(FOLDS).test
    correct = top_1_correct(answers(alone, test, 1), test.relevance)
    assert by_score.precision_at_1 == correct.mean()
    assert decided.area_under_curve > by_score.area_under_curve
    assert decided.calibrated
    assert by_score.calibrated


def test_a_bundle_is_measured_again_with_its_decider(usual: Made) -> None:
    """Its settings name the sample, so its own data are given in the sample's place."""
    bundle, result = usual
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("training.reevaluation.own_parts", lambda _: parts_of(FOLDS))
        again = evaluate_own(bundle)
    assert again.precision_at_1 == result.evaluations[-1].precision_at_1
    assert again.calibrated == result.evaluations[-1].calibrated


def test_queries_without_a_right_product_reach_it(usual: Made) -> None:
    _, result = usual
    parts = parts_of(FOLDS)
    assert len(parts.decider) > 0
    assert not parts.decider.answerable.any()
    assert result.decider_report
    assert result.decider_report.queries == len(parts.train) + len(parts.decider)


def test_too_few_labels_leave_the_decision_to_the_score(wanting: Made) -> None:
    bundle, result = wanting
    assert bundle.runtime.decider is None
    assert bundle.manifest.decider == result.decider_report
    assert bundle.manifest.decider
    assert bundle.manifest.decider.trees == 0
    assert bundle.manifest.decider.missing == 5_000 - bundle.manifest.decider.learnable > 0
    assert result.by_decider is None
    assert result.found.probabilities is None
    calibration = parts_of(WANTING).calibration
    scores = result.runtime.candidates(calibration.texts, 1).scores[:, 0]
    assert any(promise.threshold is not None for promise in result.promises)
    for promise in result.promises:
        if promise.threshold is not None:
            assert promise.accepted == (scores >= np.float32(promise.threshold)).sum()


def test_the_report_says_how_many_labels_are_missing(wanting: Made) -> None:
    bundle, _ = wanting
    findings = findings_of(bundle)
    assert findings.decider
    assert findings.decider.reliability is None
    assert findings.decided_by == "score"
    missing = f"{findings.decider.report.missing:,} more"
    for name in ("report.html", "model_card.md"):
        assert missing in (bundle.directory / "report" / name).read_text()
    assert not [one for one in findings.method if one.name.startswith("decider")]


def test_the_report_shows_signals_reliability_and_errors_by_probability(usual: Made) -> None:
    bundle, result = usual
    findings = findings_of(bundle)
    assert findings.decided_by == "probability"
    assert findings.decider
    assert findings.decider.reliability
    test = parts_of(FOLDS).test
    assert sum(one.queries for one in findings.decider.reliability.bins) == len(test)
    assert findings.decider.candidates == 10
    assert findings.decider.recall == result.evaluations[-1].recall_at_10
    assert [one.name for one in findings.scores] == ["before training", "softmax + TCM + ALC"]
    assert [one.name for one in findings.method if one.name.startswith("decider")]
    probabilities = [one.score for one in findings.errors]
    assert probabilities == sorted(probabilities, reverse=True)
    assert all(0 < one < 1 for one in probabilities)
    for one in findings.errors:
        assert one.right_score is None or one.right_score <= one.score


def test_a_part_of_its_own_is_not_learnt_from_by_the_encoder() -> None:
    result, parts = train(parts_of(OWN), OWN, NOW, silent), parts_of(OWN)
    assert parts.decider.answerable.any()
    assert not parts.decider.answerable.all()
    assert result.decider_report
    assert result.decider_report.queries == len(parts.decider)
    assert len(parts.train) < len(parts_of(FOLDS).train)


def test_labels_of_test_queries_change_neither_decider_nor_promise(usual: Made) -> None:
    parts, (_, result) = parts_of(FOLDS), usual
    wrong = replace(parts.test, relevance=parts.test.relevance[::-1])

    relabelled = train(replace(parts, test=wrong), FOLDS, NOW, silent)

    assert relabelled.promises == result.promises
    assert relabelled.decider_report == result.decider_report
    texts = SHOP.texts[:60]
    assert same(*(one.runtime.candidates(texts, 3) for one in (relabelled, result)))


def test_every_step_of_every_fold_is_told() -> None:
    told: list[tuple[Fold, int]] = []
    own: list[Step] = []
    stages = Stages(fold=lambda step, fold: told.append((fold, step.step)))

    train(parts_of(FOLDS), FOLDS, NOW, own.append, stages)

    assert [fold for fold, step in told if step == 1] == [Fold(0, 2), Fold(1, 2)]
    assert str(told[-1][0]) == "fold 2 of 2"
    assert len(told) < 2 * len(own)  # a fold is left out of each
    assert own[-1].step == own[-1].steps


def test_folds_are_trained_for_as_many_epochs_as_the_encoder_that_is_served() -> None:
    stopping = StoppingSettings(share=0.25, patience=1)
    settings = replace(FOLDS, training=replace(TRAINING, epochs=3, stopping=stopping))
    epochs: list[int] = []
    stages = Stages(fold=lambda step, _: epochs.append(step.epoch))
    own: list[Step] = []

    result = train(parts_of(settings), settings, NOW, own.append, stages)

    assert result.decider_report
    assert 1 <= max(epochs) <= own[-1].epoch
    calibration = parts_of(settings).calibration
    certifying = len(calibration) - round(0.25 * len(calibration))
    assert {one.calibration_labels for one in result.promises} == {certifying}


def test_it_judges_what_a_memory_of_queries_finds(usual: Made) -> None:
    added = AugmentationSettings(memory=MemorySettings(weight=0.5, neighbours=5))
    result = train(parts_of(FOLDS), replace(FOLDS, augmentation=added), NOW, silent)
    _, plain = usual
    assert result.runtime.memory
    assert result.runtime.decider
    assert result.evaluations[-1].name == f"softmax + TCM + ALC, {added.name}, decider"
    found = result.runtime.candidates(SHOP.texts[:20], 3)
    assert not np.array_equal(found.scores, plain.runtime.candidates(SHOP.texts[:20], 3).scores)


def test_a_bundle_older_than_the_decider_has_none(
    monkeypatch: pytest.MonkeyPatch, usual: Made
) -> None:
    bundle, _ = usual
    older = {key: value for key, value in FOLDS.as_dict().items() if key != "decider"}
    manifest = bundle.manifest.model_copy(update={"configuration": older})
    monkeypatch.setattr("training.configuration.read.read_manifest", lambda _: manifest)
    assert read_settings([bundle_layer(bundle.directory)]).decider is None
