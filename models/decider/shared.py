"""Which tokens query and title have in common, as sums of weights by kind."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from models.decider.lexicon import Lexicon
from models.decider.tokens import HASH_BITS, KINDS, TokenSets, Weights, kinds_of
from models.index.base import Rows

Sums = npt.NDArray[np.float32]


@dataclass(frozen=True, slots=True, eq=False)
class Titles:
    """Tokens of a catalogue's titles, their weights, and sums of these by kind (products, 5).

    The last title, which row -1 finds, is of no product and empty.
    """

    tokens: TokenSets
    weights: Weights
    sums: Sums


@dataclass(frozen=True, slots=True, eq=False)
class Shared:
    """Sums of weights by kind: of what both have and of the title (queries, k, 5).

    `of_query` is (queries, 1, 5).
    """

    both: Sums
    of_query: Sums
    of_title: Sums


def weigh_titles(tokens: TokenSets, lexicon: Lexicon) -> Titles:
    """Return the titles as `shared` needs them; the last of them is to be empty."""
    weights = lexicon.weights_of(tokens)
    return Titles(tokens, weights, _sums(tokens.owners, tokens.kinds, weights, len(tokens)))


def shared(queries: TokenSets, weights: Weights, titles: Titles, rows: Rows) -> Shared:
    """Return what each query shares with its candidates, catalogue `rows` (queries, k).

    `weights` are those of the queries' tokens. Where the row is -1 there is no candidate, and what
    is shared with it is 0.
    """
    pairs, places = _tokens_of(titles.tokens, rows)
    hashes = titles.tokens.hashes[places]
    asked = queries.owners << HASH_BITS | queries.hashes
    found = _contains(asked, pairs // rows.shape[1] << HASH_BITS | hashes)
    both = _sums(pairs[found], kinds_of(hashes[found]), titles.weights[places[found]], rows.size)
    of_query = _sums(queries.owners, queries.kinds, weights, len(queries))
    return Shared(both.reshape(*rows.shape, KINDS), of_query[:, None], titles.sums[rows])


def _tokens_of(titles: TokenSets, rows: Rows) -> tuple[Rows, Rows]:
    """Return, flat, the number of each pair for each of its tokens, and that token's place."""
    flat = rows.ravel()
    starts = titles.offsets[:-1][flat]
    lengths = titles.offsets[1:][flat] - starts
    ends = lengths.cumsum()
    pairs = np.arange(len(flat)).repeat(lengths)
    return pairs, np.arange(len(pairs)) + (starts - (ends - lengths)).repeat(lengths)


def _contains(ascending: Rows, keys: Rows) -> npt.NDArray[np.bool_]:
    if not len(ascending):
        return np.zeros(len(keys), dtype=np.bool_)
    places = np.searchsorted(ascending, keys)
    np.minimum(places, len(ascending) - 1, out=places)
    found: npt.NDArray[np.bool_] = ascending[places] == keys
    return found


def _sums(owners: Rows, kinds: Rows, weights: Weights, count: int) -> Sums:
    """Return sums (count, kinds) of the weights of each owner and kind."""
    flat = np.bincount(owners * KINDS + kinds, weights, count * KINDS)
    return flat.reshape(count, KINDS).astype(np.float32)
