"""What a training found, for its report and its model card."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict
from datetime import datetime
from typing import Any

import numpy as np

from models.calibration.scores import Scores
from models.catalogue import Product
from training.calibration import Calibrated
from training.data.dataset import Dataset, digest
from training.data.splits import SplitDataset
from training.decider.importance import importances
from training.evaluation.answered import Answered
from training.evaluation.background import CATEGORY
from training.evaluation.calibrated_answers import CalibratedAnswers, calibrated_answers
from training.evaluation.confident_errors import confident_errors
from training.evaluation.groups import GroupSettings, GroupThresholds, group_thresholds
from training.evaluation.ranking import hits, recall_at
from training.evaluation.reliability import reliability
from training.evaluation.report import top_1_correct
from training.evaluation.search import searched
from training.evaluation.separation import (
    ScoreHistogram,
    Separation,
    embedding_blocks,
    score_histogram,
    separation,
)
from training.evaluation.what_if import what_if
from training.pipeline_settings import PipelineSettings
from training.report.findings import About, DeciderFindings, Findings, Source
from training.report.sources import sources_of
from training.settings import TrainingSettings
from training.trained import Trained

GROUP_TARGETS = (0.90, 0.95)
ERRORS = 50
BEFORE = "before training"
COMMAND = "alc-train fit --config configuration.toml"
# The licence of the sample is known; that of own data is for whoever gave them to say.
LICENCES = {"sample": "CC BY 4.0, L. Akritidis, UCI Machine Learning Repository no. 837"}


def findings_of(
    dataset: Dataset,
    parts: SplitDataset,
    settings: PipelineSettings,
    trained: Trained,
    now: datetime,
) -> Findings:
    """Return the findings of one training on the parts of the data set."""
    test, made = parts.test, trained.calibrated
    scores = separation_of(trained, test)
    answered = Answered.of(test, trained.found, made.record.grouping)
    name = trained.evaluations[-1].name
    right_scores = (
        scores.right if trained.found.probabilities is None else _best_right(trained, test)
    )
    return Findings(
        about=_about(dataset, parts, settings, name, now),
        configuration=settings.as_dict(),
        method=_method(settings, trained),
        evaluations=trained.evaluations,
        scores=_histograms({BEFORE: trained.untrained, trained.by_score.name: scores}),
        groups=groups_of(trained, test),
        errors=confident_errors(trained.found, right_scores, test, ERRORS),
        decider=_decider(trained, settings, test),
        what_if=what_if(made.record, answered),
        calibrated_answers=answers_of(made, answered),
    )


def answers_of(made: Calibrated, test: Answered) -> CalibratedAnswers:
    """Return how true the calibrated probabilities are, and what "no match" did, on the test."""
    probability, correct = made.record.probability, test.correct[:, 0]
    return calibrated_answers(probability, made.no_match, test.found, correct, test.answerable)


def _best_right(trained: Trained, test: Dataset) -> Scores:
    """Return the highest probability of a right candidate (queries,), -inf where there is none."""
    right = hits(trained.found, test.relevance)
    best: Scores = np.where(right, trained.found.deciding, np.float32(-np.inf)).max(axis=1)
    return best


def _decider(trained: Trained, settings: PipelineSettings, test: Dataset) -> DeciderFindings | None:
    if settings.decider is None or trained.decider_report is None:
        return None
    candidates, decider = settings.decider.candidates, trained.runtime.decider
    embeddings = trained.runtime.encoder.encode(test.texts)
    found = searched(trained.runtime, test, embeddings, candidates)
    correct = top_1_correct(trained.found, test.relevance)
    return DeciderFindings(
        report=trained.decider_report,
        candidates=candidates,
        recall=recall_at(hits(found, test.relevance), test.relevance, candidates),
        importances=importances(decider.trees) if decider else (),
        reliability=reliability(trained.found.deciding[:, 0], correct) if decider else None,
    )


def _histograms(models: Mapping[str, Separation | None]) -> tuple[ScoreHistogram, ...]:
    return tuple(
        score_histogram(name, scores) for name, scores in models.items() if scores is not None
    )


def separation_of(trained: Trained, test: Dataset) -> Separation:
    """Return the cosines of the test queries' right products and of their hardest wrong ones."""
    queries = trained.runtime.encoder.encode(test.texts)
    blocks = embedding_blocks(queries, trained.products)
    return separation(blocks, test.relevance, test.filtered)


def groups_of(trained: Trained, test: Dataset) -> tuple[GroupThresholds, ...]:
    """Return the thresholds of each category; none where products have no category."""
    names = _categories(test.products)
    if not any(names):
        return ()
    return tuple(
        group_thresholds(trained.found, test.relevance, names, target, GroupSettings())
        for target in GROUP_TARGETS
    )


def _about(
    dataset: Dataset,
    parts: SplitDataset,
    settings: PipelineSettings,
    name: str,
    now: datetime,
) -> About:
    return About(
        title=f"{name}, split {settings.split.value}",
        data=settings.data.kind,
        data_digest=digest(dataset),
        licence=LICENCES.get(settings.data.kind, ""),
        split=settings.split.value,
        seeds=(settings.training.seed,),
        products=len(parts.test.products),
        train_queries=len(parts.train),
        calibration_queries=len(parts.calibration),
        test_queries=len(parts.test),
        created_at=now.isoformat(timespec="seconds"),
        command=COMMAND,
        review_queries=0 if parts.reviews is None else len(parts.reviews),
    )


def _method(settings: PipelineSettings, trained: Trained) -> tuple[Source, ...]:
    training = settings.training
    decider = settings.decider if trained.runtime.decider else None
    return sources_of(
        training.base,
        _base_settings(training),
        asdict(training.tcm) if training.tcm else None,
        asdict(training.alc) if training.alc else None,
        settings.as_dict()["calibration"],
        training.labels.kind,
        asdict(decider) if decider else None,
    )


def _base_settings(training: TrainingSettings) -> Mapping[str, Any]:
    match training.base:
        case "softmax":
            return {"temperature": training.temperature}
        case "triplet":
            return asdict(training.triplet)
        case "dynamic_triplet":
            return asdict(training.dynamic_triplet)


def _categories(products: Iterable[Product]) -> list[str]:
    return [product.attributes.get(CATEGORY, "") for product in products]
