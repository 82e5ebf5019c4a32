from __future__ import annotations

import numpy as np

from models.decider.shared import shared, weigh_titles
from models.decider.tokens import KINDS, Kind, token_sets
from tests.models.decider.catalogue import lexicon


def test_sums_are_of_what_both_have_and_of_each_side() -> None:
    """Of "neff 64gb new" the title has neff (3), gb (1), 64, "64 gb" and the unit gb; not new."""
    titles = weigh_titles(token_sets(["Neff 64 GB x", ""]), lexicon())
    query = token_sets(["neff 64gb new"])

    found = shared(query, lexicon().weights_of(query), titles, np.array([[0, -1]]))

    in_order = (Kind.WORD, Kind.NUMBER, Kind.CODE, Kind.MEASURE, Kind.UNIT)
    assert found.both[0, 0, in_order].tolist() == [4, 1, 0, 1, 1]
    assert found.of_query[0, 0, in_order].tolist() == [6, 1, 0, 1, 1]
    assert found.of_title[0, 0, in_order].tolist() == [5, 1, 0, 1, 1]
    assert found.both[0, 1].tolist() == found.of_title[0, 1].tolist() == [0] * KINDS


def test_a_query_shares_nothing_with_the_candidates_of_another() -> None:
    titles = weigh_titles(token_sets(["neff", "fridge", ""]), lexicon())
    queries = token_sets(["neff", "fridge"])

    found = shared(queries, lexicon().weights_of(queries), titles, np.array([[0, 1], [0, 1]]))

    assert found.both[..., Kind.WORD].tolist() == [[3, 0], [0, 1]]
