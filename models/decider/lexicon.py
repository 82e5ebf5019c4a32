"""How much a token says: rare ones more than common ones."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from models.decider.tokens import Hashes, TokenSets, Weights


@dataclass(frozen=True, slots=True, eq=False)
class Lexicon:
    """Inverse document frequencies of known tokens, by ascending hash; `unknown` is any other's."""

    hashes: Hashes
    weights: Weights
    unknown: float

    def weights_of(self, tokens: TokenSets) -> Weights:
        """Return the weight of each token."""
        if not len(self.hashes):
            return np.full(len(tokens.hashes), self.unknown, np.float32)
        places = self.hashes.searchsorted(tokens.hashes)
        np.minimum(places, len(self.hashes) - 1, out=places)
        known = self.hashes.take(places) == tokens.hashes
        return np.where(known, self.weights.take(places), np.float32(self.unknown))


def build_lexicon(documents: Sequence[TokenSets]) -> Lexicon:
    """Return ln((n + 1) / (texts with the token + 1)) + 1 over n texts, with 0 for the unknown."""
    count = sum(len(one) for one in documents)
    hashes, frequencies = np.unique(
        np.concatenate([one.hashes for one in documents]), return_counts=True
    )
    weights = np.log((count + 1) / (frequencies + 1)) + 1
    return Lexicon(hashes, weights.astype(np.float32), float(np.log(count + 1) + 1))
