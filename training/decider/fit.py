"""From labelled queries to a fitted decider, or to the reason why there is none."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from models.decider.decider import Decider
from models.decider.files import encoder_digest
from models.decider.lexicon import Lexicon
from models.decider.pairs import CatalogueSide
from models.decider.report import DeciderReport
from models.encoder import Encoder
from models.runtime import Runtime
from training.data.dataset import Dataset
from training.data.splits import SplitDataset
from training.decider.examples import Examples, examples_of, joined
from training.decider.settings import DeciderSettings
from training.decider.side import lexicon_of, side_of
from training.decider.trees import fit_trees

# From a part of the training queries and the number of its fold.
Refit = Callable[[Dataset, int], Runtime]


@dataclass(frozen=True, slots=True)
class FittedDecider:
    """The decider, or None where there was too little to learn from, and what it learnt from."""

    decider: Decider | None
    report: DeciderReport


def fit_decider(
    runtime: Runtime, parts: SplitDataset, settings: DeciderSettings, seed: int, refit: Refit
) -> FittedDecider:
    """Return a decider over the candidates of this runtime.

    `refit` returns a runtime whose encoder was fitted on a data set; it is called where `folds`
    are asked for, once for each, with their numbers from 0.
    """
    learnt = parts.learnt
    lexicon = lexicon_of(learnt)
    if settings.folds:
        examples = joined(list(_cross_fitted(parts, lexicon, settings, seed, refit)))
    else:
        side = side_of(learnt, runtime.encoder, lexicon, settings, seed)
        examples = joined(list(_unseen(runtime, side, parts, settings.candidates)))
    report = DeciderReport(
        queries=len(np.unique(examples.queries)),
        learnable=examples.learnable,
        needed=settings.fewest_queries,
        folds=settings.folds,
        trees=0,
    )
    if report.missing:
        return FittedDecider(None, report)
    trees = fit_trees(examples, settings, seed)
    side = side_of(learnt, runtime.encoder, lexicon, settings, seed)
    decider = Decider(settings.candidates, trees, side, _digest(runtime.encoder))
    return FittedDecider(decider, replace(report, trees=trees.count))


def _unseen(
    runtime: Runtime, side: CatalogueSide, parts: SplitDataset, candidates: int
) -> Iterator[Examples]:
    """Yield pairs of the queries that the encoder was not fitted on.

    Of reviewed queries these are the ones without a right product.
    """
    yield examples_of(runtime, side, parts.decider, candidates)
    if parts.reviews is not None:
        without = parts.reviews.subset(np.flatnonzero(~parts.reviews.answerable))
        yield _selected(examples_of(runtime, side, without, candidates, len(parts.decider)))


def _cross_fitted(
    parts: SplitDataset, lexicon: Lexicon, settings: DeciderSettings, seed: int, refit: Refit
) -> Iterator[Examples]:
    """Yield pairs of all training queries, each scored by an encoder that did not see it.

    Queries of the decider's own part were seen by none, and are spread over the folds. So are the
    reviewed ones, which each encoder but one has seen.
    """
    random = np.random.default_rng(seed)
    fold_of = random.permutation(len(parts.train)) % settings.folds
    own_fold = random.permutation(len(parts.decider)) % settings.folds
    reviews = parts.reviews or parts.train.subset(np.empty(0, np.int64))
    review_fold = random.permutation(len(reviews)) % settings.folds
    first = 0
    for fold in range(settings.folds):
        seen = parts.train.subset(np.flatnonzero(fold_of != fold))
        seen = seen.followed_by(reviews.subset(np.flatnonzero(review_fold != fold)))
        runtime = refit(seen, fold)
        side = side_of(seen, runtime.encoder, lexicon, settings, seed)
        for queries in (
            parts.train.subset(np.flatnonzero(fold_of == fold)),
            parts.decider.subset(np.flatnonzero(own_fold == fold)),
        ):
            yield examples_of(runtime, side, queries, settings.candidates, first)
            first += len(queries)
        reviewed = reviews.subset(np.flatnonzero(review_fold == fold))
        if len(reviewed):
            yield _selected(examples_of(runtime, side, reviewed, settings.candidates, first))
            first += len(reviewed)


def _selected(examples: Examples) -> Examples:
    return replace(examples, selected=np.ones_like(examples.selected))


def _digest(encoder: Encoder) -> str:
    with tempfile.TemporaryDirectory() as directory:
        encoder.save(Path(directory))
        return encoder_digest(Path(directory))
