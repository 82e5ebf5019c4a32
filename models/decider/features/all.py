"""All features of a pair, in the order of the columns."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from models.decider.features import attributes, known, retrieval, text
from models.decider.pairs import Pairs
from models.encoder import FloatMatrix

MORE, LESS, EITHER = 1, -1, 0


@dataclass(frozen=True, slots=True)
class Feature:
    """A signal of a pair, (queries, k) or (queries, 1) where it is the same for all candidates.

    `direction` says whether more of it may only raise the probability, only lower it, or either.
    """

    function: Callable[[Pairs], FloatMatrix]
    direction: int

    @property
    def name(self) -> str:
        """Return the name of its function."""
        return self.function.__name__


FEATURES = (
    Feature(retrieval.score, MORE),
    Feature(retrieval.lead_in_score, EITHER),
    Feature(retrieval.behind_best, EITHER),
    Feature(retrieval.rank, EITHER),
    Feature(retrieval.crowding, EITHER),
    Feature(retrieval.above_mean, EITHER),
    Feature(known.known_query, MORE),
    Feature(known.lead_in_known_query, EITHER),
    Feature(known.known_queries, EITHER),
    Feature(known.best_known_query, EITHER),
    Feature(text.share_of_query, MORE),
    Feature(text.share_of_title, MORE),
    Feature(text.words_only_in_query, EITHER),
    Feature(text.words_only_in_title, EITHER),
    Feature(text.numbers_in_both, EITHER),
    Feature(text.numbers_only_in_query, EITHER),
    Feature(text.numbers_only_in_title, EITHER),
    Feature(text.codes_in_both, MORE),
    Feature(text.codes_only_in_query, EITHER),
    Feature(text.codes_only_in_title, EITHER),
    Feature(text.measures_in_both, MORE),
    Feature(text.measures_only_in_query, EITHER),
    Feature(text.units_in_both, EITHER),
    Feature(text.lead_in_shared_text, EITHER),
    Feature(text.lead_in_unshared_title, EITHER),
    Feature(text.weight_of_query, EITHER),
    Feature(attributes.identifier_agrees, MORE),
    Feature(attributes.brand_agrees, MORE),
    Feature(attributes.category_agrees, MORE),
    Feature(attributes.price_apart, LESS),
)
NAMES = tuple(feature.name for feature in FEATURES)


def features_of(pairs: Pairs) -> FloatMatrix:
    """Return all features (queries, k, features) in the order of `FEATURES`."""
    values = np.empty((*pairs.rows.shape, len(FEATURES)), np.float32)
    for column, feature in enumerate(FEATURES):
        values[..., column] = feature.function(pairs)
    return values
