"""Four products, and queries whose signals can be worked out by hand: most tokens weigh 1."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from models.catalogue import Catalogue, Product
from models.decider.features.all import FEATURES, NAMES, features_of
from models.decider.known_queries import KnownQueries, build_known_queries
from models.decider.lexicon import Lexicon
from models.decider.pairs import CatalogueSide, Pairs, catalogue_side, make_pairs
from models.decider.tokens import Kind, Token, token_hash, tokens
from models.encoder import FloatMatrix
from models.index.base import Neighbours

PRODUCTS = (
    Product("a", "Neff K8524X8 fridge", {"ean": "4006381333931", "brand": "Neff", "price": "500"}),
    Product("b", "Neff K8524X8 memory 8x 64 GB", {"brand": "neff"}),
    Product("c", "Fridge 32GB", {"brand": "Bosch", "category": "fridges", "price": "unknown"}),
    Product("d", ""),
)
CATALOGUE = Catalogue(PRODUCTS)
RARE = 3.0  # the weight of the word "neff", and 2 that of a token in no title


def lexicon() -> Lexicon:
    """Every token of the titles weighs 1, but the word "neff"."""
    weights = {token_hash(token): 1.0 for token in _tokens_of_titles()}
    weights[token_hash(Token(Kind.WORD, "neff"))] = RARE
    hashes = np.array(sorted(weights), dtype=np.int64)
    return Lexicon(hashes, np.array([weights[one] for one in hashes], np.float32), unknown=2.0)


def known_queries() -> KnownQueries:
    """Of product a (1, 0) and (0, 1), which are two of its three; of product c (0.6, 0.8)."""
    embeddings = np.array([[1, 0], [0, 1], [0.6, 0.8]], dtype=np.float32)
    return build_known_queries(embeddings, np.array([0, 2, 2, 3, 3]), np.array([3, 0, 1, 0]))


def side() -> CatalogueSide:
    return catalogue_side(PRODUCTS, lexicon(), known_queries())


def found(rows: Sequence[Sequence[int]], scores: Sequence[Sequence[float]]) -> Neighbours:
    return Neighbours(np.array(scores, dtype=np.float32), np.array(rows, dtype=np.int64))


def pairs(
    text: str,
    rows: Sequence[int] = (0, 1, 2, 3),
    *,
    attributes: Mapping[str, str] | None = None,
    scores: Sequence[float] = (0.9, 0.87, 0.5, 0.1),
    embedding: Sequence[float] = (1, 0),
) -> Pairs:
    """Return the pairs of one query with the products of these rows."""
    return make_pairs(
        [text],
        [attributes or {}],
        np.array([embedding], dtype=np.float32),
        found([rows], [scores[: len(rows)]]),
        side(),
    )


def values(feature: str, of: Pairs) -> list[float]:
    """Return the feature's values for the candidates of the only query."""
    column: FloatMatrix = features_of(of)[0, :, NAMES.index(feature)]
    return [round(value, 4) for value in column.astype(np.float64).tolist()]


def direction(feature: str) -> int:
    return FEATURES[NAMES.index(feature)].direction


def _tokens_of_titles() -> set[Token]:
    return {token for product in PRODUCTS for token in tokens(product.title)}
