from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import xgboost
from hypothesis import given
from hypothesis import strategies as st

from models.catalogue import Product
from models.decider.decider import Attributes, Decider
from models.decider.known_queries import build_known_queries
from models.decider.pairs import catalogue_side
from models.encoder import FloatMatrix, unit_rows
from models.errors import ConfigurationError
from models.index.base import Neighbours
from models.index.ranking import ranked
from tests.models.decider.catalogue import PRODUCTS, found, lexicon, side
from tests.models.decider.deciders import decider, random_trees, trees_of_one

NAN = float("nan")
INF = float("inf")
DECIDER = decider(side())
ASKED = np.array([[1, 0]], dtype=np.float32)


def decide(
    text: str,
    rows: list[int],
    scores: list[float],
    by: Decider,
    attributes: Attributes | None = None,
) -> Neighbours:
    return by.decide([text], [attributes or {}], ASKED, found([rows], [scores]))


def test_candidates_are_ordered_by_probability_and_keep_their_scores() -> None:
    by_codes = decider(side(), trees=trees_of_one("codes_in_both"))
    answer = decide("k8524x8", [2, 1, 3], [0.9, 0.5, 0.25], by_codes)
    assert answer.rows.tolist() == [[1, 2, 3]]
    assert answer.scores.tolist() == [[0.5, np.float32(0.9), 0.25]]
    assert answer.probabilities is not None
    assert (np.diff(answer.probabilities) <= 0).all()
    assert answer.probabilities[0, 0] > answer.probabilities[0, 1]


def test_a_tie_keeps_the_order_of_the_search() -> None:
    by_codes = decider(side(), trees=trees_of_one("codes_in_both"))
    assert decide("x", [3, 0, 2, 1], [0.9, 0.8, 0.7, 0.6], by_codes).rows.tolist() == [[3, 0, 2, 1]]


def test_attributes_of_the_query_count() -> None:
    by_identifier = decider(side(), trees=trees_of_one("identifier_agrees"))
    with_ean = decide("x", [1, 0], [0.9, 0.8], by_identifier, {"ean": "4006381333931"})
    assert with_ean.rows.tolist() == [[0, 1]]
    assert decide("x", [1, 0], [0.9, 0.8], by_identifier).rows.tolist() == [[1, 0]]


def test_what_is_beyond_its_candidates_stays_behind_them_unjudged() -> None:
    by_codes = decider(side(), trees=trees_of_one("codes_in_both"), candidates=2)
    answer = decide("k8524x8", [2, 0, 1, 3], [0.9, 0.8, 0.7, 0.6], by_codes)
    assert answer.rows.tolist() == [[0, 2, 1, 3]]
    assert answer.probabilities is not None
    assert np.isnan(answer.probabilities).tolist() == [[False, False, True, True]]
    assert answer.deciding.tolist()[0][2:] == [-INF, -INF]


def test_fewer_candidates_than_it_could_judge_are_enough() -> None:
    answer = decide("neff", [1], [0.5], DECIDER)
    assert answer.probabilities is not None
    assert answer.probabilities.shape == (1, 1)
    assert 0 < answer.probabilities[0, 0] < 1


def test_where_there_is_no_candidate_there_is_no_probability() -> None:
    answer = decide("neff", [1, -1, -1], [0.5, -INF, -INF], DECIDER)
    assert answer.rows.tolist() == [[1, -1, -1]]
    assert answer.probabilities is not None
    assert np.isnan(answer.probabilities).tolist() == [[False, True, True]]
    assert answer.probabilities[0, 0] == decide("neff", [1], [0.5], DECIDER).deciding[0, 0]


def test_a_catalogue_may_be_empty() -> None:
    known = build_known_queries(np.empty((0, 2), np.float32), np.zeros(1, int), np.zeros(0, int))
    empty = decider(catalogue_side([], lexicon(), known))
    answer = decide("neff", [-1, -1], [-INF, -INF], empty, {"ean": "1"})
    assert np.isneginf(answer.deciding).all()


def test_no_query_gets_no_answer() -> None:
    nothing = Neighbours(np.empty((0, 3), np.float32), np.empty((0, 3), np.int64))
    answer = DECIDER.decide([], [], np.empty((0, 2), np.float32), nothing)
    assert answer.rows.shape == answer.deciding.shape == (0, 3)


@pytest.mark.parametrize("candidates", [0, -1])
def test_a_decider_of_nothing_is_refused(candidates: int) -> None:
    with pytest.raises(ConfigurationError, match="candidates must be at least 1"):
        replace(DECIDER, candidates=candidates)


def test_trees_of_other_features_are_refused() -> None:
    matrix = xgboost.DMatrix(np.eye(2), [0, 1], feature_names=["score", "colour"])
    other = replace(random_trees(), booster=xgboost.train({}, matrix, 1))
    with pytest.raises(ConfigurationError, match="other signals of a pair"):
        decider(side(), trees=other)


# Any queries over a catalogue of any titles: the answer to each is its own.

TEXTS = ("neff k8524x8", "", "64 GB", "华为 手机64GB", "هاتف ٦٤", "🎧 e\u0301", "fridge 32gb neff")
texts = st.sampled_from(TEXTS) | st.text(max_size=12)
values = st.sampled_from(["4006381333931", "neff", "12,50", "", "?"])
attributes = st.dictionaries(st.sampled_from(["ean", "brand", "price", "size"]), values, max_size=3)
Situation = tuple[Decider, list[tuple[str, Attributes]], int, int]
queries: st.SearchStrategy[list[tuple[str, Attributes]]] = st.lists(
    st.tuples(texts, attributes), min_size=1, max_size=6
)


@st.composite
def situations(draw: st.DrawFn) -> Situation:
    """Return a decider over random titles, queries, how many are found, and a seed."""
    titles = draw(st.lists(texts, max_size=6))
    rows = [Product(str(row), title, draw(attributes)) for row, title in enumerate(titles)]
    counts = np.array(
        draw(st.lists(st.integers(0, 3), min_size=len(rows), max_size=len(rows))), int
    )
    seed = draw(st.integers(0, 99))
    offsets = np.concatenate([[0], np.cumsum(counts)])
    known = build_known_queries(embedded(int(offsets[-1]), seed), offsets, counts)
    by = decider(catalogue_side(rows, lexicon(), known), candidates=draw(st.integers(1, 8)))
    return by, draw(queries), draw(st.integers(1, 8)), seed


def embedded(count: int, seed: int) -> FloatMatrix:
    drawn = np.random.default_rng(seed).standard_normal((count, 16))
    return unit_rows(drawn.astype(np.float32))


def searched(by: Decider, count: int, k: int, seed: int) -> Neighbours:
    """Return k products of each query in an arbitrary order, as a search returns them."""
    products = len(by.side.known_queries)
    random = np.random.default_rng(seed)
    rows = np.full((count, k), -1)
    for row in rows:
        row[: min(k, products)] = random.permutation(products)[:k]
    return ranked(random.uniform(-1, 1, (count, k)).astype(np.float32), rows)


@given(situations())
def test_an_answer_does_not_depend_on_the_queries_beside_it(
    situation: Situation,
) -> None:
    by, asked, k, seed = situation
    embeddings, nearest = embedded(len(asked), seed), searched(by, len(asked), k, seed)

    def answers(order: np.ndarray[tuple[int], np.dtype[np.int64]]) -> Neighbours:
        return by.decide(
            [asked[one][0] for one in order],
            [asked[one][1] for one in order],
            embeddings[order],
            Neighbours(nearest.scores[order], nearest.rows[order]),
        )

    together = answers(np.arange(len(asked)))
    order = np.random.default_rng(seed).permutation(len(asked))
    for place, one in enumerate(order.tolist()):
        for other, row in ((answers(order), place), (answers(np.array([one])), 0)):
            assert other.rows[row].tolist() == together.rows[one].tolist()
            assert other.deciding[row].tolist() == together.deciding[one].tolist()


@given(situations())
def test_whatever_is_asked_each_candidate_gets_one_probability(
    situation: Situation,
) -> None:
    by, asked, k, seed = situation
    nearest = searched(by, len(asked), k, seed)

    answer = by.decide(
        [one[0] for one in asked], [one[1] for one in asked], embedded(len(asked), seed), nearest
    )

    judged = np.arange(k) < min(by.candidates, len(by.side.known_queries))
    assert answer.probabilities is not None
    assert (np.isnan(answer.probabilities) == ~judged).all()
    assert ((answer.probabilities[:, judged] >= 0) & (answer.probabilities[:, judged] <= 1)).all()
    assert np.sort(answer.rows).tolist() == np.sort(nearest.rows).tolist()


def test_products_without_text_are_judged() -> None:
    assert PRODUCTS[3].title == ""
    assert 0 < decide("neff", [3], [0.1], DECIDER).deciding[0, 0] < 1
