"""New promises for a bundle from new labels; the model stays as it is."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

import numpy as np

from models.bundle.bundle import Bundle
from models.calibration.fingerprints import Fingerprints
from models.drift.reference import TrafficReference
from models.errors import BundleError, DataError
from training.calibration import Calibrated, promised
from training.data.dataset import Dataset, Rows
from training.data.drawn import DrawnQueries
from training.pipeline_settings import CalibrationSettings
from training.recalibration.labels import Labels, added, drawn_labels
from training.recalibration.others import Others, others_of_record, others_of_texts
from training.reevaluation import Fitted, fitted_texts


@dataclass(frozen=True, slots=True, eq=False)
class NewLabels:
    """What a bundle is calibrated with: `add` keeps the labels that it was calibrated with.

    `unlabelled` queries place the thresholds that are tested; None takes the scores that the bundle
    keeps.
    """

    queries: DrawnQueries
    unlabelled: Dataset | None = None
    add: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class Recalibrated:
    """What was promised, and what people should know of how, one sentence each.

    `reference` is what the unlabelled queries look like; None where the bundle's own is kept.
    """

    calibrated: Calibrated
    reference: TrafficReference | None
    warnings: tuple[str, ...]


def recalibrate(
    bundle: Bundle, new: NewLabels, settings: CalibrationSettings, calibrated_at: datetime
) -> Recalibrated:
    """Return the promises that the new labels certify for the bundle.

    Left out are queries that the model was fitted on, as far as that can be known, labels that the
    bundle has already where new ones are added, and unlabelled queries that are labelled too. Raise
    DataError when nothing is left of either, or an audit is of another model.
    """
    _check_record(bundle, new)
    fitted = fitted_texts(bundle)
    queries = new.queries.subset(_unfitted(new.queries.dataset, fitted, bundle, "labelled"))
    labels = _labels(bundle, queries, settings, add=new.add)
    others = _others(bundle, new.unlabelled, fitted, labels, settings)
    possible = _possible(labels, settings)
    texts = _texts(labels, others)
    return Recalibrated(
        promised(labels.labels, others.unlabelled, possible, calibrated_at, texts),
        others.reference,
        tuple(_warnings(bundle, new, fitted, queries, labels, others)),
    )


def _check_record(bundle: Bundle, new: NewLabels) -> None:
    if bundle.calibration is None and (new.add or new.unlabelled is None):
        raise BundleError(
            f"bundle {bundle.bundle_id} keeps no calibration to go on from; name texts of its"
            " traffic with --unlabelled, and leave out --add"
        )


def _unfitted(queries: Dataset, fitted: Fitted, bundle: Bundle, which: str) -> Rows:
    rows = np.flatnonzero(~fitted.among(queries.texts))
    if not len(rows):
        raise DataError(
            f"all {len(queries):,} {which} queries took part in the training of bundle"
            f" {bundle.bundle_id}, so they cannot calibrate it; name others"
        )
    return rows


def _labels(
    bundle: Bundle, queries: DrawnQueries, settings: CalibrationSettings, *, add: bool
) -> Labels:
    labels = drawn_labels(bundle, queries, settings)
    if not add or bundle.calibration is None:
        return labels
    return added(bundle.calibration, labels, settings)


def _others(
    bundle: Bundle,
    texts: Dataset | None,
    fitted: Fitted,
    labels: Labels,
    settings: CalibrationSettings,
) -> Others:
    grouping = settings.certifying.grouping
    if texts is not None:
        unfitted = texts.subset(_unfitted(texts, fitted, bundle, "unlabelled"))
        return others_of_texts(bundle, unfitted, labels.texts, grouping)
    assert bundle.calibration is not None
    return others_of_record(bundle.calibration, labels.texts, grouping)


def _possible(labels: Labels, settings: CalibrationSettings) -> CalibrationSettings:
    """Return the settings without "no match" where audits alone say nothing of low scores."""
    if np.isneginf(labels.labels.valid_from).any():
        return settings
    return replace(settings, no_match_precision=None)


def _texts(labels: Labels, others: Others) -> Fingerprints | None:
    if labels.texts is None or others.texts is None:
        return None
    return Fingerprints(labels.texts, others.texts)


def _warnings(
    bundle: Bundle,
    new: NewLabels,
    fitted: Fitted,
    queries: DrawnQueries,
    labels: Labels,
    others: Others,
) -> list[str]:
    said = []
    if fitted.unknown:
        said += [
            fitted.unknown,
            "so it is not known which of these queries the bundle learnt from; a promise made on"
            " those does not hold",
        ]
    seen = len(new.queries) - len(queries)
    if seen:
        said.append(
            f"the bundle learnt from {seen:,} of {len(new.queries):,} queries; they are left out"
        )
    if labels.repeated:
        said.append(
            f"{labels.repeated:,} of {len(queries):,} queries are among the labels that bundle"
            f" {bundle.bundle_id} has; they are left out"
        )
    if new.add and labels.texts is None:
        said.append(
            f"bundle {bundle.bundle_id} does not keep which queries it was calibrated on; a query"
            " that is labelled again counts twice"
        )
    if others.labelled:
        said.append(
            f"{others.labelled:,} of the unlabelled queries are labelled too; they are left out of"
            " those that place the thresholds"
        )
    return said
