"""Candidates of the search, put in the order of the probability that they are right."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from models.decider.features.all import FEATURES, NAMES, features_of
from models.decider.pairs import CatalogueSide, Pairs, make_pairs
from models.decider.trees import Trees
from models.encoder import FloatMatrix
from models.errors import ConfigurationError
from models.index.base import Neighbours
from models.index.ranking import taken

Attributes = Mapping[str, str]


@dataclass(frozen=True, slots=True, eq=False)
class Decider:
    """Judges the `candidates` products that the search ranks highest.

    `encoder_digest` is that of the saved encoder whose scores it learnt from.
    """

    candidates: int
    trees: Trees
    side: CatalogueSide
    encoder_digest: str

    def __post_init__(self) -> None:
        """Raise ConfigurationError when it would judge nothing, or by other features."""
        if self.candidates < 1:
            raise ConfigurationError(f"candidates must be at least 1, got {self.candidates}")
        if self.trees.features != NAMES:
            raise ConfigurationError(
                "its trees were fitted on other signals of a pair than this software computes; fit"
                " the decider again with this release"
            )

    def decide(
        self,
        texts: Sequence[str],
        attributes: Sequence[Attributes],
        embeddings: FloatMatrix,
        found: Neighbours,
    ) -> Neighbours:
        """Return what was found with probabilities, the candidates in their order.

        A tie keeps the order of the search. What was found beyond the candidates stays behind them,
        with probability NaN, as an absent product has.
        """
        pairs = self.pairs(texts, attributes, embeddings, found)
        probabilities = np.full(found.rows.shape, np.nan, np.float32)
        probabilities[:, : self.candidates] = self.probabilities(pairs)
        order = np.argsort(-probabilities, axis=1, kind="stable")  # NaN comes last
        return taken(Neighbours(found.scores, found.rows, probabilities), order)

    def pairs(
        self,
        texts: Sequence[str],
        attributes: Sequence[Attributes],
        embeddings: FloatMatrix,
        found: Neighbours,
    ) -> Pairs:
        """Return the signals of the queries and their candidates, the first ones found."""
        judged = Neighbours(found.scores[:, : self.candidates], found.rows[:, : self.candidates])
        return make_pairs(texts, attributes, embeddings, judged, self.side)

    def probabilities(self, pairs: Pairs) -> FloatMatrix:
        """Return the probability of each candidate (queries, k), NaN where there is none."""
        features = features_of(pairs).reshape(-1, len(FEATURES))
        found = self.trees.probabilities(features).reshape(pairs.rows.shape)
        return np.where(pairs.present, found, np.float32(np.nan))
