"""What a training found, for its report and its model card."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict
from datetime import datetime
from typing import Any

from models.catalogue import Product
from training.data.dataset import Dataset, digest
from training.data.splits import SplitDataset
from training.evaluation.background import CATEGORY
from training.evaluation.confident_errors import confident_errors
from training.evaluation.groups import GroupSettings, GroupThresholds, group_thresholds
from training.evaluation.separation import (
    ScoreHistogram,
    Separation,
    embedding_blocks,
    score_histogram,
    separation,
)
from training.pipeline_settings import PipelineSettings
from training.report.findings import About, Findings, Source
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
    test = parts.test
    scores = separation_of(trained, test)
    name = trained.evaluations[-1].name
    return Findings(
        about=_about(dataset, parts, settings, name, now),
        configuration=settings.as_dict(),
        method=_method(settings),
        evaluations=trained.evaluations,
        scores=_histograms({BEFORE: trained.untrained, name: scores}),
        groups=groups_of(trained, test),
        errors=confident_errors(trained.found, scores.right, test, ERRORS),
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
    )


def _method(settings: PipelineSettings) -> tuple[Source, ...]:
    training = settings.training
    return sources_of(
        training.base,
        _base_settings(training),
        asdict(training.tcm) if training.tcm else None,
        asdict(training.alc) if training.alc else None,
        settings.as_dict()["calibration"],
        training.labels.kind,
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
