"""Which tokens query and title have in common, as sums of weights by kind."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from models.decider.lexicon import Lexicon
from models.decider.runs import runs_of
from models.decider.tokens import HASH_BITS, KINDS, Kind, TokenSets, Weights, kinds_of
from models.encoder import FloatMatrix
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
    """Sums of weights by kind (queries, k, 5), and of the text, which is words and numbers.

    They are of what both have, of one side, and of what only that side has. Those of the query
    alone have 1 for k.
    """

    both: Sums
    of_query: Sums
    of_title: Sums
    only_in_query: Sums
    only_in_title: Sums
    text_in_both: FloatMatrix
    text_of_query: FloatMatrix
    text_of_title: FloatMatrix


def weigh_titles(tokens: TokenSets, lexicon: Lexicon) -> Titles:
    """Return the titles as `shared` needs them; the last of them is to be empty."""
    weights = lexicon.weights_of(tokens)
    return Titles(tokens, weights, _sums(tokens.owners, tokens.kinds, weights, len(tokens)))


def shared(queries: TokenSets, weights: Weights, titles: Titles, rows: Rows) -> Shared:
    """Return what each query shares with its candidates, catalogue `rows` (queries, k).

    `weights` are those of the queries' tokens. Where the row is -1 there is no candidate, and what
    is shared with it is 0.
    """
    owners = queries.owners
    of_query = _sums(owners, queries.kinds, weights, len(queries))[:, None]
    of_title = titles.sums.take(rows, axis=0)
    both = _of_both(owners << HASH_BITS | queries.hashes, titles, rows)
    return Shared(
        both=both,
        of_query=of_query,
        of_title=of_title,
        only_in_query=of_query - both,
        only_in_title=of_title - both,
        text_in_both=_of_text(both),
        text_of_query=_of_text(of_query),
        text_of_title=_of_text(of_title),
    )


def _of_both(asked: Rows, titles: Titles, rows: Rows) -> Sums:
    """Return the sums of what is asked, ascending hashes below the numbers of their queries."""
    runs = runs_of(titles.tokens.offsets, rows)
    hashes, pairs = titles.tokens.hashes.take(runs.places), runs.owners
    found = _places_in(asked, pairs // rows.shape[1] << HASH_BITS | hashes)
    weights = titles.weights.take(runs.places.take(found))
    sums = _sums(pairs.take(found), kinds_of(hashes.take(found)), weights, rows.size)
    return sums.reshape(*rows.shape, KINDS)


def _places_in(ascending: Rows, keys: Rows) -> Rows:
    """Return the places of those keys that are among the ascending ones."""
    if not len(ascending):
        return np.zeros(0, dtype=np.int64)
    places = ascending.searchsorted(keys)
    np.minimum(places, len(ascending) - 1, out=places)
    found: Rows = (ascending.take(places) == keys).nonzero()[0]
    return found


def _of_text(sums: Sums) -> FloatMatrix:
    text: FloatMatrix = sums[..., Kind.WORD] + sums[..., Kind.NUMBER]
    return text


def _sums(owners: Rows, kinds: Rows, weights: Weights, count: int) -> Sums:
    """Return sums (count, kinds) of the weights of each owner and kind."""
    flat = np.bincount(owners * KINDS + kinds, weights, count * KINDS)
    return flat.reshape(count, KINDS).astype(np.float32)
