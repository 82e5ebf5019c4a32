"""From the served path to promises: labelled answers, their groups, and what they certify."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from models.calibration.calibrator import certify
from models.calibration.fingerprints import Fingerprints
from models.calibration.no_match import certify_no_match
from models.calibration.probability import fit_probabilities
from models.calibration.record import CalibrationLabels, CalibrationRecord, Groups, Unlabelled
from models.calibration.target import Target
from models.groups import group_of
from models.index.base import Neighbours
from models.runtime import Runtime
from models.thresholds import Grouping, Promise
from training.data.dataset import Dataset
from training.evaluation.background import CATEGORY
from training.evaluation.ranking import hits
from training.evaluation.search import answers
from training.pipeline_settings import CalibrationSettings


@dataclass(frozen=True, slots=True)
class Calibrated:
    """What was promised, and on what: `no_match` is None where it was not asked for."""

    record: CalibrationRecord
    promises: tuple[Promise, ...]
    no_match: Promise | None


def calibrate(
    runtime: Runtime,
    calibration: Dataset,
    unlabelled: Unlabelled,
    settings: CalibrationSettings,
    calibrated_at: datetime,
    texts: Fingerprints | None = None,
) -> Calibrated:
    """Certify each target on the calibration queries, through the served path.

    `unlabelled` are other queries of the same traffic, which place the thresholds that are tested.
    `texts` are digests of both, for the record.
    """
    labels = labelled_answers(runtime, calibration, settings)
    return promised(labels, unlabelled, settings, calibrated_at, texts)


def promised(
    labels: CalibrationLabels,
    unlabelled: Unlabelled,
    settings: CalibrationSettings,
    calibrated_at: datetime,
    texts: Fingerprints | None = None,
) -> Calibrated:
    """Return all promises that these labels certify, and the record that a bundle keeps."""
    now, method = calibrated_at.isoformat(timespec="seconds"), settings.certifying
    record = CalibrationRecord(
        labels=labels,
        unlabelled=unlabelled,
        settings=method,
        confidence=settings.confidence,
        probability=fit_probabilities(labels.scores[:, 0], labels.correct[:, 0]),
        texts=texts,
    )
    promises = tuple(
        certify(labels, unlabelled, Target(precision, settings.confidence), method, now)
        for precision in settings.target_precisions
    )
    return Calibrated(record, promises, _no_match(record, promises, settings, now))


def labelled_answers(
    runtime: Runtime, queries: Dataset, settings: CalibrationSettings
) -> CalibrationLabels:
    """Return the first products of each query through the served path, and whether they are right.

    The queries must have been drawn at random from all traffic.
    """
    found = answers(runtime, queries, settings.products_per_query)
    return CalibrationLabels.drawn_from_all(
        found.deciding,
        hits(found, queries.relevance),
        queries.answerable,
        query_groups(settings.certifying.grouping, queries, found),
    )


def unlabelled_answers(
    grouping: Grouping | None, queries: Dataset, found: Neighbours
) -> Unlabelled:
    """Return what decides about the best product of each query, without looking at the labels."""
    return Unlabelled.of(found.deciding[:, 0], query_groups(grouping, queries, found))


def query_groups(grouping: Grouping | None, queries: Dataset, found: Neighbours) -> Groups:
    """Return the group of each query as the service will see it, None where it has none.

    The category of a query is its attribute "category", unless it has another of that name.
    """
    pairs = zip(_attributes(queries), found.rows[:, 0].tolist(), strict=True)
    return tuple(
        group_of(grouping, known, None if row < 0 else queries.products[row].attributes)
        for known, row in pairs
    )


def _attributes(queries: Dataset) -> Iterator[Mapping[str, str]]:
    known = queries.attributes or ({},) * len(queries)
    for category, attributes in zip(queries.categories, known, strict=True):
        yield {CATEGORY: category, **attributes}


def _no_match(
    record: CalibrationRecord,
    promises: tuple[Promise, ...],
    settings: CalibrationSettings,
    now: str,
) -> Promise | None:
    """Return None where it is not wanted, or no query lacks an answer."""
    if settings.no_match_precision is None or record.labels.answerable.all():
        return None
    return certify_no_match(
        record.labels,
        record.unlabelled,
        Target(settings.no_match_precision, settings.confidence),
        record.settings,
        now,
        below=lowest_threshold(promises),
    )


def lowest_threshold(promises: tuple[Promise, ...]) -> float | None:
    """Return the lowest score that any promise accepts, None where none accepts anything."""
    parts = [part for promise in promises for part in (promise, *promise.groups)]
    return min((part.threshold for part in parts if part.threshold is not None), default=None)
