"""Words, numbers, model codes and measures on both sides or on one.

Every sum is of weights: a rare word counts more than a common one (models/decider/lexicon.py).
"""

from __future__ import annotations

import numpy as np

from models.decider.pairs import Pairs
from models.decider.rivals import lead
from models.decider.tokens import Kind
from models.encoder import FloatMatrix


def share_of_query(pairs: Pairs) -> FloatMatrix:
    """Return the share of the query's words and numbers that the title has."""
    return _share(pairs.shared.text_in_both, pairs.shared.text_of_query)


def share_of_title(pairs: Pairs) -> FloatMatrix:
    """Return the share of the title's words and numbers that the query has."""
    return _share(pairs.shared.text_in_both, pairs.shared.text_of_title)


def words_only_in_query(pairs: Pairs) -> FloatMatrix:
    """Return the weight of the query's words that the title lacks."""
    return pairs.shared.only_in_query[..., Kind.WORD]


def words_only_in_title(pairs: Pairs) -> FloatMatrix:
    """Return the weight of the title's words that the query lacks."""
    return pairs.shared.only_in_title[..., Kind.WORD]


def numbers_in_both(pairs: Pairs) -> FloatMatrix:
    """Return the weight of the numbers that both have."""
    return pairs.shared.both[..., Kind.NUMBER]


def numbers_only_in_query(pairs: Pairs) -> FloatMatrix:
    """Return the weight of the query's numbers that the title lacks."""
    return pairs.shared.only_in_query[..., Kind.NUMBER]


def numbers_only_in_title(pairs: Pairs) -> FloatMatrix:
    """Return the weight of the title's numbers that the query lacks."""
    return pairs.shared.only_in_title[..., Kind.NUMBER]


def codes_in_both(pairs: Pairs) -> FloatMatrix:
    """Return the weight of the model codes that both have."""
    return pairs.shared.both[..., Kind.CODE]


def codes_only_in_query(pairs: Pairs) -> FloatMatrix:
    """Return the weight of the query's model codes that the title lacks."""
    return pairs.shared.only_in_query[..., Kind.CODE]


def codes_only_in_title(pairs: Pairs) -> FloatMatrix:
    """Return the weight of the title's model codes that the query lacks."""
    return pairs.shared.only_in_title[..., Kind.CODE]


def measures_in_both(pairs: Pairs) -> FloatMatrix:
    """Return the weight of the measures (number and unit) that both have."""
    return pairs.shared.both[..., Kind.MEASURE]


def measures_only_in_query(pairs: Pairs) -> FloatMatrix:
    """Return the weight of the query's measures that the title lacks."""
    return pairs.shared.only_in_query[..., Kind.MEASURE]


def units_in_both(pairs: Pairs) -> FloatMatrix:
    """Return the weight of the units that both measure in; other numbers of them are conflicts."""
    return pairs.shared.both[..., Kind.UNIT]


def lead_in_shared_text(pairs: Pairs) -> FloatMatrix:
    """Return by how much more of the query this title explains than the best of the others."""
    return lead(_candidates_only(pairs, pairs.shared.text_in_both))


def lead_in_unshared_title(pairs: Pairs) -> FloatMatrix:
    """Return by how much less of this title is unexplained than of the best of the others."""
    unexplained = pairs.shared.text_of_title - pairs.shared.text_in_both
    return lead(_candidates_only(pairs, -unexplained))


def weight_of_query(pairs: Pairs) -> FloatMatrix:
    """Return how much the query says at all."""
    return pairs.shared.text_of_query


def _share(part: FloatMatrix, whole: FloatMatrix) -> FloatMatrix:
    """Return part / whole, 0 where there is nothing.

    That is not missing: a text without words speaks for no pair, and no tree has seen one.
    """
    share: FloatMatrix = np.divide(part, np.where(whole > 0, whole, np.float32(1)))
    return share


def _candidates_only(pairs: Pairs, values: FloatMatrix) -> FloatMatrix:
    return np.where(pairs.present, values, np.float32(np.nan))
