"""Why a candidate got its probability: the features that moved it most, in words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from models.catalogue import Catalogue, Product
from models.decider.decider import Attributes, Decider
from models.decider.features.all import FEATURES, NAMES, features_of
from models.decider.phrases import compared, phrase
from models.decider.sizes import with_sizes
from models.encoder import FloatMatrix
from models.index.base import Neighbours

STRONGEST = 4


@dataclass(frozen=True, slots=True)
class Reason:
    """What a feature says, and by how much it moves the log-odds: above 0 speaks for the pair."""

    feature: str
    text: str
    contribution: float


def reasons(
    decider: Decider,
    texts: Sequence[str],
    attributes: Sequence[Attributes],
    embeddings: FloatMatrix,
    found: Neighbours,
    catalogue: Catalogue,
) -> list[list[tuple[Reason, ...]]]:
    """Return the strongest reasons of each candidate of each query, the strongest first.

    `found` is what the search found, not yet decided; there are no reasons for what is not judged.
    """
    pairs = decider.pairs(texts, attributes, embeddings, found)
    values = features_of(pairs)
    parts = decider.trees.contributions(values.reshape(-1, len(FEATURES)))
    by_pair = parts[:, :-1].reshape(values.shape)
    return [
        [
            _strongest(text, catalogue[row], values[query, place], by_pair[query, place])
            for place, row in enumerate(pairs.rows[query].tolist())
            if row >= 0
        ]
        for query, text in enumerate(map(with_sizes, texts, attributes))
    ]


def _strongest(
    text: str, product: Product, values: FloatMatrix, contributions: FloatMatrix
) -> tuple[Reason, ...]:
    pair = compared(text, with_sizes(product.title, product.attributes))
    order = np.argsort(-np.abs(contributions), kind="stable")[:STRONGEST]
    return tuple(
        Reason(
            NAMES[column],
            phrase(NAMES[column], float(values[column]), pair),
            round(float(contributions[column]), 3),
        )
        for column in order.tolist()
        if contributions[column] != 0
    )
