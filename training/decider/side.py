"""What the decider knows of the catalogue: words by how rare they are, and training queries."""

from __future__ import annotations

import numpy as np

from models.decider.known_queries import KnownQueries, build_known_queries
from models.decider.lexicon import Lexicon, build_lexicon
from models.decider.pairs import CatalogueSide, catalogue_side
from models.decider.sizes import with_sizes
from models.decider.tokens import token_sets
from models.encoder import Encoder
from training.data.dataset import Dataset
from training.decider.settings import DeciderSettings


def lexicon_of(train: Dataset) -> Lexicon:
    """Return the weights of words in the titles and in the training queries."""
    titles = [with_sizes(product.title, product.attributes) for product in train.products]
    texts = (
        list(map(with_sizes, train.texts, train.attributes)) if train.attributes else train.texts
    )
    return build_lexicon([token_sets(titles), token_sets(texts)])


def side_of(
    train: Dataset, encoder: Encoder, lexicon: Lexicon, settings: DeciderSettings, seed: int
) -> CatalogueSide:
    """Return the catalogue with the queries that this encoder was trained on."""
    known = known_queries(train, encoder, settings.known_queries, seed)
    return catalogue_side(train.products, lexicon, known)


def known_queries(train: Dataset, encoder: Encoder, most: int, seed: int) -> KnownQueries:
    """Return at most so many training queries of each product, chosen at random."""
    shuffled = np.random.default_rng(seed).permutation(len(train))
    # Columns of the shuffled matrix list the queries of a product in random order.
    by_product = train.relevance[shuffled].tocsc()
    counts = np.diff(by_product.indptr)
    place = np.arange(by_product.nnz) - np.repeat(by_product.indptr[:-1], counts)
    rows = shuffled[by_product.indices[place < most]]
    used, where = np.unique(rows, return_inverse=True)
    embeddings = encoder.encode([train.texts[row] for row in used.tolist()])
    offsets = np.zeros(len(counts) + 1, dtype=np.int64)
    np.cumsum(np.minimum(counts, most), out=offsets[1:])
    return build_known_queries(embeddings[where], offsets, counts)
