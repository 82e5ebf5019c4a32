from __future__ import annotations

import numpy as np
import pytest

from models.catalogue import Catalogue, Product
from models.decider.features.all import NAMES, features_of
from models.decider.known_queries import build_known_queries
from models.decider.pairs import catalogue_side
from models.decider.phrases import compared, phrase
from models.decider.reasons import STRONGEST, Reason, reasons
from models.index.base import Neighbours
from tests.models.decider.catalogue import CATALOGUE, found, lexicon, side
from tests.models.decider.deciders import decider, trees_of_one

NAN = float("nan")
INF = float("inf")
ASKED = np.array([[1, 0]], dtype=np.float32)
FOUND = found([[0, 1, 2, -1]], [[0.9, 0.8, 0.7, -INF]])
DECIDER = decider(side())


def reasons_of(text: str, by: str) -> list[tuple[Reason, ...]]:
    deciding = decider(side(), trees=trees_of_one(by))
    return reasons(deciding, [text], [{}], ASKED, FOUND, CATALOGUE)[0]


def test_a_model_code_that_the_title_lacks_is_said() -> None:
    first = reasons_of("Neff K8524X8GB", "codes_only_in_query")[0]
    assert [reason.text for reason in first] == [
        'model code "k8524x8gb" is not in the product title'
    ]


def test_sizes_of_both_sides_are_compared_and_said_as_text_is() -> None:
    products = (Product("s", "Phone", {"capacity": "64GB"}), Product("l", "Phone 128 GB"))
    none = build_known_queries(np.empty((0, 2), np.float32), np.zeros(3, int), np.zeros(2, int))
    by = decider(catalogue_side(products, lexicon(), none), trees=trees_of_one("measures_in_both"))
    asked, nearest = [{"size": "64 gb"}], found([[1, 0]], [[0.9, 0.8]])
    assert by.decide(["phone"], asked, ASKED, nearest).rows.tolist() == [[0, 1]]
    [of_query] = reasons(by, ["phone"], asked, ASKED, nearest, Catalogue(products))
    assert [one[0].text for one in of_query] == [
        "no measure is in both",
        'measure "64 gb" is in both',
    ]


def test_each_candidate_has_its_own_reasons_and_an_absent_one_none() -> None:
    by_candidate = reasons_of("Neff K8524X8", "codes_in_both")
    assert [[reason.text for reason in one] for one in by_candidate] == [
        ['model code "k8524x8" is in both'],
        ['model code "k8524x8" is in both'],
        ["no model code is in both"],
    ]
    assert by_candidate[0][0].contribution > 0 > by_candidate[2][0].contribution


def test_only_what_the_decider_judges_has_reasons() -> None:
    one = decider(side(), candidates=1)
    assert len(reasons(one, ["neff"], [{}], ASKED, FOUND, CATALOGUE)[0]) == 1


def test_the_strongest_come_first_and_are_the_contributions() -> None:
    features = features_of(DECIDER.pairs(["neff 64gb"], [{}], ASKED, FOUND))
    parts = DECIDER.trees.contributions(features[0])[0, :-1]
    strongest = np.argsort(-np.abs(parts))[:STRONGEST]

    given = reasons(DECIDER, ["neff 64gb"], [{}], ASKED, FOUND, CATALOGUE)[0][0]

    assert [reason.feature for reason in given] == [NAMES[column] for column in strongest]
    expected = [round(float(parts[column]), 3) for column in strongest]
    assert [reason.contribution for reason in given] == expected


def test_no_query_has_no_reasons() -> None:
    none = np.empty((0, 2), np.float32)
    nothing = Neighbours(FOUND.scores[:0], FOUND.rows[:0])
    assert reasons(DECIDER, [], [], none, nothing, CATALOGUE) == []


SENTENCES = {
    ("codes_only_in_query", 2.0): 'model code "k8524x8gb" is not in the product title',
    ("codes_only_in_title", 1.0): 'model code "k8524x8" of the product title is not in the query',
    ("codes_in_both", 0.0): "no model code is in both",
    ("words_only_in_query", 1.0): 'words "fridge", "gb" are not in the product title',
    ("numbers_in_both", 1.0): 'numbers "8", "8524" are in both',
    ("score", 0.87654): "the similarity of the texts is 0.88",
    ("lead_in_score", 0.03): "the next candidate is less similar by 0.03",
    ("lead_in_score", -0.03): "another candidate is more similar by 0.03",
    ("lead_in_score", NAN): "there is no other candidate",
    ("rank", 0.0): "it is number 1 of the search",
    ("crowding", 1.0): "1 other candidate is about as similar",
    ("crowding", 0.0): "0 other candidates are about as similar",
    ("known_queries", float(np.log(4))): "the product has 3 known queries",
    ("known_queries", float(np.log(2))): "the product has 1 known query",
    ("known_query", NAN): "the product has no known query",
    ("share_of_query", 0.888): "89% of the query is in the product title, rare words counting more",
    ("brand_agrees", 1.0): "the brand is the same",
    ("brand_agrees", 0.0): "the brand differs",
    ("brand_agrees", NAN): "not both have a brand",
    ("price_apart", float(np.log(2))): "one price is 2.00 times the other",
    ("lead_in_shared_text", 0.0): "another candidate has as much text in common with the query",
}


@pytest.mark.parametrize(("feature", "value"), SENTENCES, ids=str)
def test_what_a_value_says(feature: str, value: float) -> None:
    pair = compared("Neff K8524X8GB fridge", "Neff K8524X8")
    assert phrase(feature, value, pair) == SENTENCES[feature, value]


@pytest.mark.parametrize("feature", ["share_of_query", "share_of_title"])
def test_a_side_without_a_word_is_said(feature: str) -> None:
    assert phrase(feature, 0.0, compared("!", "?")).endswith("has no word")
    assert phrase(feature, 0.0, compared("neff", "bosch")).startswith("0% of the")


def test_of_many_tokens_some_are_named() -> None:
    pair = compared("a b c d e", "")
    named = 'words "a", "b", "c" and 2 more are not in the product title'
    assert phrase("words_only_in_query", 5.0, pair) == named
