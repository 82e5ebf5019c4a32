"""A published bundle on labelled queries: whether it keeps its promises; nothing is trained."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from models.bundle.bundle import Bundle
from models.bundle.reviews import read_reviewed
from models.calibration.fingerprints import Digests, repeated
from models.errors import DataError
from models.thresholds import Grouping
from training.calibration import query_groups
from training.configuration.read import bundle_layer, read_settings
from training.data.dataset import Dataset, Mask, digest
from training.data.load import load_data
from training.data.splits import SplitDataset
from training.evaluation.background import background
from training.evaluation.report import CANDIDATES, REACHED, Evaluation, evaluate
from training.evaluation.search import answers, first_stage
from training.loop.stopping import divide
from training.parts import split_of
from training.pipeline_settings import PipelineSettings


@dataclass(frozen=True, slots=True, eq=False)
class Unseen:
    """The labelled queries that the bundle was not made from; `seen` were left out.

    `unknown` says why that could not be told: then `seen` is 0 and all queries are here.
    """

    queries: Dataset
    seen: int = 0
    unknown: str | None = None


def settings_of(bundle: Bundle) -> PipelineSettings:
    """Return the settings that the bundle was made with."""
    return read_settings([bundle_layer(bundle.directory)])


def own_parts(bundle: Bundle) -> SplitDataset:
    """Return the parts that the bundle was made from.

    Raise DataError when the data that its settings name cannot be read or are no longer the same.
    """
    settings = settings_of(bundle)
    dataset = load_data(settings.data).dataset
    if digest(dataset) != bundle.manifest.data_digest:
        raise DataError(
            f"the data of bundle {bundle.bundle_id} have changed since it was made "
            "(another digest); name other labelled queries with --pairs"
        )
    return split_of(dataset, settings)


def unseen(bundle: Bundle, labelled: Dataset) -> Unseen:
    """Return the queries whose text is in neither the training nor the calibration part.

    Measured on those parts, a model looks better than it is. Raise DataError when none is left.
    """
    used, unknown = set[str](), None
    try:
        parts = own_parts(bundle)
        used = {*parts.train.texts, *parts.decider.texts, *parts.calibration.texts}
    except DataError as error:
        unknown = str(error)
    seen = np.array([text in used for text in labelled.texts], np.bool_)
    kept = np.flatnonzero(~seen & ~repeated(labelled.texts, read_reviewed(bundle.directory)))
    if not len(kept):
        raise DataError(
            f"all {len(labelled):,} queries took part in the training or calibration of bundle "
            f"{bundle.bundle_id}, so they cannot judge it; name others"
        )
    return Unseen(labelled.subset(kept), len(labelled) - len(kept), unknown)


@dataclass(frozen=True, slots=True)
class Fitted:
    """The texts that a model was fitted on, or its best epoch chosen by.

    `reviewed` are digests of those that people answered in the review queue. `unknown` says why the
    others cannot be told: then there are no texts.
    """

    texts: frozenset[str]
    reviewed: Digests
    unknown: str | None = None

    def among(self, texts: Sequence[str]) -> Mask:
        """Return which of the texts (texts,) the model was fitted on."""
        seen = np.array([text in self.texts for text in texts], np.bool_)
        return seen | repeated(texts, self.reviewed)


def fitted_texts(bundle: Bundle) -> Fitted:
    """Return what the model has seen: no promise for it can be certified on these queries.

    Those that it was calibrated on are not among them.
    """
    reviewed = read_reviewed(bundle.directory)
    try:
        parts = own_parts(bundle)
    except DataError as error:
        return Fitted(frozenset(), reviewed, unknown=str(error))
    choosing, _ = divide(parts.calibration, settings_of(bundle).training)
    chosen = choosing.texts if choosing else ()
    texts = frozenset((*parts.train.texts, *parts.decider.texts, *chosen))
    return Fitted(texts, reviewed)


def evaluate_own(bundle: Bundle) -> Evaluation:
    """Return the results on the test part of the bundle's own data, as its report has them."""
    parts = own_parts(bundle)
    found = answers(bundle.runtime, parts.test, CANDIDATES)
    known = background(parts.train, settings_of(bundle).evaluation)
    reached = first_stage(bundle.runtime, parts.test, REACHED)
    groups = query_groups(_grouping(bundle), parts.test, found)
    relevance, promises = parts.test.relevance, bundle.promises
    return evaluate(_name(bundle), found, relevance, promises, known, reached, groups)


def evaluate_labelled(bundle: Bundle, labelled: Dataset) -> Evaluation:
    """Return the results on queries over the catalogue of the bundle."""
    found = answers(bundle.runtime, labelled, CANDIDATES)
    reached = first_stage(bundle.runtime, labelled, REACHED)
    name = _name(bundle)
    groups = query_groups(_grouping(bundle), labelled, found)
    promises = bundle.promises
    return evaluate(name, found, labelled.relevance, promises, first_stage=reached, groups=groups)


def _grouping(bundle: Bundle) -> Grouping | None:
    return bundle.promises[0].grouping if bundle.promises else None


def _name(bundle: Bundle) -> str:
    return f"bundle {bundle.bundle_id}"
