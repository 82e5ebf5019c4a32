"""Attributes that no training pair lacks, and that a served query may lack."""

from __future__ import annotations

import numpy as np

from models.decider.features import attributes
from models.decider.features.all import FEATURES
from training.decider.examples import Examples

RARE = 0.01  # share of the pairs that lack a signal, below which nothing is learnt of its lack
SHARE = 0.1  # of the queries, those that are shown once more


def with_unknown(examples: Examples, seed: int) -> Examples:
    """Return the pairs, and those of some queries once more without what hardly any pair lacks.

    A tree that saw no missing value sends it where high values go: an unknown brand would count as
    an equal one. Only attributes are taken away, as only these are the sender's to leave out.
    """
    columns = [
        column
        for column, feature in enumerate(FEATURES)
        if feature.function.__module__ == attributes.__name__
        and np.isnan(examples.features[:, column]).mean() < RARE
    ]
    if not columns or not len(examples.queries):
        return examples
    queries = np.unique(examples.queries)
    # Not by the seed alone, which would draw those that are held out to stop the fitting.
    random = np.random.default_rng((seed, len(queries)))
    drawn = random.permutation(queries)[: round(SHARE * len(queries))]
    shown = np.isin(examples.queries, drawn)
    features = examples.features[shown]
    features[:, columns] = np.nan
    return Examples(
        np.concatenate([examples.features, features]),
        np.concatenate([examples.right, examples.right[shown]]),
        np.concatenate([examples.queries, examples.queries[shown]]),
        np.concatenate([examples.selected, examples.selected[shown]]),
    )
