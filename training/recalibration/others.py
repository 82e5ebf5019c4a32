"""The unlabelled queries that place the thresholds: new texts, or scores that a bundle keeps."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from models.bundle.bundle import Bundle
from models.calibration.fingerprints import Digests, digests
from models.calibration.record import CalibrationRecord, Unlabelled
from models.drift.reference import TrafficReference
from models.drift.take import retake_reference
from models.errors import ConfigurationError, DataError
from models.thresholds import Grouping
from training.calibration import unlabelled_answers
from training.data.dataset import Dataset
from training.evaluation.search import answers


@dataclass(frozen=True, slots=True, eq=False)
class Others:
    """Unlabelled scores with digests of their texts, None where not all are known.

    `labelled` of them were left out, as they are calibration queries. `reference` is what the texts
    look like, None where they are the bundle's own or it has no reference to be renewed.
    """

    unlabelled: Unlabelled
    texts: Digests | None
    labelled: int = 0
    reference: TrafficReference | None = None


def others_of_texts(
    bundle: Bundle, queries: Dataset, labelled: Digests | None, grouping: Grouping | None
) -> Others:
    """Return what decides about the queries, less those whose text is labelled.

    Raise DataError when none is left.
    """
    texts = digests(queries.texts)
    kept = _kept(texts, labelled)
    if not len(kept):
        raise DataError(
            f"all {len(queries):,} unlabelled queries are labelled too; those that place the"
            " thresholds must be others"
        )
    chosen = queries.subset(kept)
    found = answers(bundle.runtime, chosen, 1)
    unlabelled = unlabelled_answers(grouping, chosen, found)
    reference = bundle.reference and retake_reference(
        bundle.reference, bundle.runtime.encoder, chosen.texts, unlabelled.scores
    )
    return Others(unlabelled, texts[kept], len(queries) - len(kept), reference)


def others_of_record(
    record: CalibrationRecord, labelled: Digests | None, grouping: Grouping | None
) -> Others:
    """Return the unlabelled scores of a calibration, less those whose text is labelled now.

    Raise ConfigurationError when their groups are others, DataError when none is left.
    """
    if grouping is not None and record.grouping != grouping:
        raise ConfigurationError(
            f"the scores that the bundle keeps are of groups by {record.grouping}; to place"
            " thresholds for other groups, name texts of the traffic with --unlabelled"
        )
    if record.texts is None:
        return Others(record.unlabelled, None)
    kept = _kept(record.texts.unlabelled, labelled)
    if not len(kept):
        raise DataError(
            f"all {len(record.unlabelled):,} queries whose scores the bundle keeps are labelled"
            " now; name other texts of the traffic with --unlabelled"
        )
    chosen = np.zeros(len(record.unlabelled), dtype=np.bool_)
    chosen[kept] = True
    unlabelled = record.unlabelled.subset(chosen)
    return Others(unlabelled, record.texts.unlabelled[kept], len(chosen) - len(kept))


def _kept(texts: Digests, labelled: Digests | None) -> np.ndarray:
    """Return the rows of the texts that are not labelled."""
    known = np.empty(0, np.uint64) if labelled is None else labelled
    return np.flatnonzero(~np.isin(texts, known))
