"""A real bundle in milliseconds: an n-gram encoder with random instead of trained vectors.

Random vectors keep the texts' n-grams apart, so that similar texts have similar embeddings.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime

import numpy as np

from models.bundle.bundle import BundleContents
from models.calibration.evidence import Evidence
from models.calibration.probability import fit_probabilities
from models.calibration.record import CalibrationLabels, CalibrationRecord, Unlabelled
from models.calibration.settings import CalibrationMethodSettings, GroupSettings
from models.calibration.target import Target
from models.catalogue import Catalogue, Product
from models.index.build import build_index
from models.memory.memory import QueryMemory
from models.memory.settings import MemorySettings
from models.ngram.features import bags
from models.ngram.runtime import NgramEncoder
from models.runtime import Runtime
from models.thresholds import Promise

DIMENSION = 64
CREATED_AT = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
TITLES = (
    "Apple iPhone 8 64GB Silver",
    "Apple iPhone 8 256GB Silver",
    "Samsung Galaxy S9 64GB Black",
    "Bosch Serie 4 Dishwasher SMS46",
    "Canon EOS 2000D Body",
    "Sony WH-1000XM3 Headphones",
    "LG 55 inch OLED Television",
    "Intel Core i7 8700K Processor",
)


def small_encoder(texts: Sequence[str], seed: int = 0) -> NgramEncoder:
    used = np.unique(bags(texts).buckets)
    vectors = np.random.default_rng(seed).standard_normal((len(used), DIMENSION))
    residual = np.zeros((DIMENSION, DIMENSION), dtype=np.float32)
    return NgramEncoder.from_parts(used, vectors.astype(np.float32), residual)


def small_promise(target: float = 0.95, threshold: float | None = 0.9) -> Promise:
    return Promise(
        target_precision=target,
        confidence=0.9,
        threshold=threshold,
        calibration_labels=500,
        accepted=300,
        errors=4,
        p_value=0.01,
        labels_needed=None if threshold is not None else 45,
        calibrated_at="2026-01-02T03:04:05Z",
    )


def promise_on(record: CalibrationRecord, target: float = 0.95, threshold: float = 0.9) -> Promise:
    """The promise of this threshold with the counts that the record has for it."""
    return _counted(Evidence.of(record.labels), small_promise(target, threshold), threshold)


def no_match_on(record: CalibrationRecord, target: float = 0.95, threshold: float = 0.1) -> Promise:
    """The same of a promise that no product is right."""
    evidence = Evidence.of_no_match(record.labels)
    return _counted(evidence, small_promise(target, threshold), -threshold)


def _promise(record: CalibrationRecord | None) -> Promise:
    return small_promise() if record is None else promise_on(record)


def _counted(evidence: Evidence, promise: Promise, threshold: float) -> Promise:
    trial = evidence.trial(threshold, Target(promise.target_precision, promise.confidence))
    return replace(
        promise,
        calibration_labels=len(evidence),
        accepted=trial.accepted,
        errors=trial.errors,
        p_value=trial.p_value,
    )


def small_contents(
    titles: Sequence[str] = TITLES,
    *,
    seed: int = 0,
    promises: tuple[Promise, ...] | None = None,
    calibration: CalibrationRecord | None = None,
    no_match: Promise | None = None,
) -> BundleContents:
    """Contents whose product i has the id `p<i>` and the i-th title."""
    encoder = small_encoder(titles, seed)
    vectors = encoder.encode(titles)
    index, report = build_index(vectors, vectors, seed=seed)
    products = [Product(f"p{row}", title) for row, title in enumerate(titles)]
    return BundleContents(
        runtime=Runtime(encoder, index, Catalogue(products)),
        index_report=report,
        promises=promises if promises is not None else (_promise(calibration),),
        configuration={"seed": seed, "encoder": {"dimension": DIMENSION}},
        data_digest="0" * 64,
        report={"metrics.json": b'{"precision_at_1": 1.0}\n'},
        no_match=no_match,
        calibration=calibration,
    )


def remembering(contents: BundleContents, texts: Mapping[str, int]) -> BundleContents:
    """The same contents with a memory of queries, each with the row of its right product."""
    encoder = contents.runtime.encoder
    vectors = encoder.encode(list(texts))
    index, report = build_index(vectors, vectors, seed=0)
    memory = QueryMemory(
        MemorySettings(weight=0.5, neighbours=1),
        index,
        np.arange(len(texts) + 1),
        np.array(list(texts.values()), dtype=np.int32),
    )
    runtime = replace(contents.runtime, memory=memory)
    return replace(contents, runtime=runtime, memory_report=report)


def small_record(
    labels: int = 600, *, groups: GroupSettings | None = None, seed: int = 0
) -> CalibrationRecord:
    """Scores from 0 to 1, each right with its own probability to the power of 1/4.

    The groups are "phones" and "cameras", in turn.
    """
    random = np.random.default_rng(seed)
    scores, others = (np.round(random.random(count), 6) for count in (labels, 2 * labels))
    correct = random.random(labels) < scores**0.25
    names = ("phones", "cameras")
    given = CalibrationLabels.drawn_from_all(
        scores, correct, groups=[names[at % 2] for at in range(labels)]
    )
    return CalibrationRecord(
        labels=given,
        unlabelled=Unlabelled.of(others, [names[at % 2] for at in range(2 * labels)]),
        settings=CalibrationMethodSettings(groups=groups),
        confidence=0.9,
        probability=fit_probabilities(given.scores[:, 0], correct),
    )
