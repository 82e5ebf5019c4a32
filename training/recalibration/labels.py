"""Labelled queries as calibration labels of a bundle, and added to those that it has."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from models.bundle.bundle import Bundle
from models.calibration.fingerprints import Digests, digests
from models.calibration.record import CalibrationLabels, CalibrationRecord
from models.errors import ConfigurationError, DataError
from models.thresholds import reaches
from training.calibration import labelled_answers
from training.data.drawn import DrawnQueries
from training.pipeline_settings import CalibrationSettings

_ROWS_IN_MESSAGE = 20


@dataclass(frozen=True, slots=True, eq=False)
class Labels:
    """Calibration labels with digests of their texts, None where not all are known.

    `repeated` new ones were left out, as the parent has labels of the same text.
    """

    labels: CalibrationLabels
    texts: Digests | None
    repeated: int = 0


def drawn_labels(bundle: Bundle, queries: DrawnQueries, settings: CalibrationSettings) -> Labels:
    """Return what the bundle answers to the queries, each valid for what it was drawn from.

    Raise DataError naming the line of an audited query that the bundle does not score as high as
    the threshold that had accepted it: another bundle had answered it.
    """
    labels = labelled_answers(bundle.runtime, queries.dataset, settings)
    valid_from = np.array(
        [
            -np.inf if one.served_threshold is None else one.served_threshold
            for one in queries.drawn
        ],
        dtype=np.float32,
    )
    _check_audits(bundle, queries, labels, valid_from)
    return Labels(replace(labels, valid_from=valid_from), digests(queries.dataset.texts))


def added(record: CalibrationRecord, new: Labels, settings: CalibrationSettings) -> Labels:
    """Return the labels of the record and the new ones, without those of a text it has.

    Raise ConfigurationError when the two were not made in the same way.
    """
    grouping = settings.certifying.grouping
    if grouping is not None and record.grouping != grouping:
        raise ConfigurationError(
            f"--add keeps labels whose groups are by {record.grouping}; other groups need all"
            " labels anew: leave out --add, or --group-by and --group-of"
        )
    if record.products_per_query != settings.products_per_query:
        raise ConfigurationError(
            f"--add keeps labels of {record.products_per_query} products per query, not of"
            f" {settings.products_per_query}; leave out one of the two"
        )
    if record.texts is None or new.texts is None:
        return Labels(_joined(record.labels, new.labels), None)
    fresh = ~np.isin(new.texts, record.texts.labels)
    if not fresh.any():
        raise DataError(
            f"all {len(fresh):,} labelled queries are among the labels that the bundle has: there"
            " is nothing to add"
        )
    return Labels(
        _joined(record.labels, new.labels.subset(fresh)),
        np.concatenate([record.texts.labels, new.texts[fresh]]),
        repeated=int(np.count_nonzero(~fresh)),
    )


def _joined(one: CalibrationLabels, other: CalibrationLabels) -> CalibrationLabels:
    return CalibrationLabels(
        scores=np.concatenate([one.scores, other.scores]),
        correct=np.concatenate([one.correct, other.correct]),
        answerable=np.concatenate([one.answerable, other.answerable]),
        groups=(*one.groups, *other.groups),
        valid_from=np.concatenate([one.valid_from, other.valid_from]),
    )


def _check_audits(
    bundle: Bundle,
    queries: DrawnQueries,
    labels: CalibrationLabels,
    valid_from: np.ndarray,
) -> None:
    low = np.flatnonzero(~reaches(labels.scores[:, 0], valid_from)).tolist()
    if not low:
        return
    rows = [
        f"{queries.file.name}:{queries.drawn[at].line} scores {labels.scores[at, 0]:.6f}, below"
        f" {valid_from[at]:.6f}"
        for at in low[:_ROWS_IN_MESSAGE]
    ]
    more = f"\n... and {len(low) - _ROWS_IN_MESSAGE} more" if len(low) > _ROWS_IN_MESSAGE else ""
    raise DataError(
        f"{len(low)} audited queries do not reach the threshold that had accepted them, so bundle"
        f" {bundle.bundle_id} did not answer them; audits of another model prove nothing of this"
        " one. Leave them out:\n" + "\n".join(rows) + more
    )
