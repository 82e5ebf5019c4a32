"""Queries with their candidates, and all that the features of a pair are made of."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from models.catalogue import Product
from models.decider.attributes import AttributeTable, Compared, attribute_table, compare
from models.decider.known_queries import KnownQueries
from models.decider.lexicon import Lexicon
from models.decider.shared import Shared, Titles, shared, weigh_titles
from models.decider.sizes import with_sizes
from models.decider.tokens import token_sets
from models.encoder import FloatMatrix
from models.index.base import Neighbours, Rows

NO_PRODUCT = Product("", "")  # what row -1, the last one, finds where there is no candidate


@dataclass(frozen=True, slots=True, eq=False)
class CatalogueSide:
    """What is computed once for the products of a catalogue; its last row is no product."""

    lexicon: Lexicon
    titles: Titles
    attributes: AttributeTable
    known_queries: KnownQueries


@dataclass(frozen=True, slots=True, eq=False)
class Pairs:
    """Signals of each query and its candidates, all (queries, k), best score first.

    Where there is no candidate, `present` is False, the row -1 and the score NaN. `known` are the
    highest cosines with the candidates' training queries, `known_counts` how many of these there
    were.
    """

    scores: FloatMatrix
    rows: Rows
    present: npt.NDArray[np.bool_]
    shared: Shared
    known: FloatMatrix
    known_counts: FloatMatrix
    attributes: Compared


def catalogue_side(
    products: Sequence[Product], lexicon: Lexicon, known_queries: KnownQueries
) -> CatalogueSide:
    """Return the parts of all pairs that depend on the product alone."""
    rows = (*products, NO_PRODUCT)
    titles = weigh_titles(
        token_sets([with_sizes(one.title, one.attributes) for one in rows]), lexicon
    )
    attributes = attribute_table([one.attributes for one in rows])
    return CatalogueSide(lexicon, titles, attributes, known_queries)


def make_pairs(
    texts: Sequence[str],
    attributes: Sequence[Mapping[str, str]],
    embeddings: FloatMatrix,
    found: Neighbours,
    side: CatalogueSide,
) -> Pairs:
    """Return the pairs of the queries with the candidates that were found for them."""
    queries = token_sets(list(map(with_sizes, texts, attributes)))
    weights = side.lexicon.weights_of(queries)
    present = found.rows >= 0
    return Pairs(
        scores=np.where(present, found.scores, np.float32(np.nan)),
        rows=found.rows,
        present=present,
        shared=shared(queries, weights, side.titles, found.rows),
        known=side.known_queries.best_cosines(embeddings, found.rows),
        known_counts=side.known_queries.counts_of(found.rows),
        attributes=compare(attribute_table(attributes), side.attributes, found.rows),
    )
