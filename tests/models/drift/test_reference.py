from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from models.drift.ngrams import ngrams
from models.drift.reference import bin_counts, bin_edges
from models.drift.stability import noise, population_stability_index
from models.errors import ConfigurationError
from tests.models.drift.references import small_reference

SCORES = arrays(np.float32, st.integers(1, 60), elements=st.sampled_from([-np.inf, 0, 0.3, 0.5, 1]))


def test_a_bin_begins_with_its_edge() -> None:
    reference = small_reference()
    assert reference.score_bins([0.1, 0.25, 0.3, 0.5, 0.75, 1.0]).tolist() == [1, 2, 1, 2]


def test_a_query_without_a_product_is_in_the_first_bin() -> None:
    assert small_reference().score_bins([-np.inf]).tolist() == [1, 0, 0, 0]


def test_edges_are_compared_as_scores_are() -> None:
    # 0.1 as float32 is above 0.1: the score that was rounded to it must reach the edge.
    reference = small_reference(edges=(0.1,), score_counts=(1, 1))
    assert reference.score_bins(np.array([0.1], dtype=np.float32)).tolist() == [0, 1]
    assert reference.score_bins([0.1]).tolist() == [0, 1]


def test_no_scores_are_in_no_bin() -> None:
    assert small_reference().score_bins([]).tolist() == [0, 0, 0, 0]


def test_deciles_have_a_tenth_each() -> None:
    scores = np.linspace(0, 1, 1_000, dtype=np.float32)
    edges = bin_edges(scores, 10)
    assert len(edges) == 9
    assert bin_counts(scores, edges).tolist() == [100] * 10


def test_an_edge_is_the_score_that_it_was_taken_from() -> None:
    scores = np.random.default_rng(0).random(1_000, dtype=np.float32)
    assert np.isin(np.array(bin_edges(scores, 10), dtype=np.float32), scores).all()


@given(SCORES, st.integers(2, 12))
def test_no_bin_is_empty_and_each_score_is_in_one(scores: Any, bins: int) -> None:
    edges = bin_edges(scores, bins)
    counts = bin_counts(scores, edges)
    assert len(counts) <= bins
    assert counts.min() >= 1
    assert counts.sum() == len(scores)


def test_unseen_ngrams_are_counted_as_often_as_they_occur() -> None:
    reference = small_reference("apple ipad")
    assert reference.unseen("Apple iPad") == (9, 0)
    assert reference.unseen("ipod ipod") == (8, 6)  # <ip is known, twice
    assert reference.unseen("") == (0, 0)


@given(st.text(), st.text())
def test_as_many_ngrams_are_counted_as_there_are(text: str, known: str) -> None:
    reference = small_reference(known)
    found = ngrams(text)
    assert reference.unseen(text) == (len(found), sum(one not in reference.known for one in found))


def test_two_references_know_different_words() -> None:
    assert small_reference("apple").unseen("apple") == (5, 0)
    assert small_reference("pear").unseen("apple") == (5, 5)


def test_the_stability_is_that_of_the_counts() -> None:
    reference = small_reference()
    found = reference.stability([1, 2, 3, 4])
    assert found == population_stability_index([1, 2, 3, 4], [10, 20, 30, 40])
    assert reference.noise(10) == noise(10, 100, 4)


def test_without_queries_there_is_no_stability() -> None:
    assert small_reference().stability([0, 0, 0, 0]) is None
    assert small_reference().noise(0) is None


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"edges": (0.5,)}, "1 edges make 2 bins of scores, not 4"),
        ({"edges": (0.5, 0.25, 0.75)}, "must ascend"),
        ({"edges": (0.25, 0.5, float("nan"))}, "must ascend"),
        ({"score_counts": (0, 0, 0, 0)}, "hold no queries"),
        ({"score_counts": (1, -1, 1, 1)}, "hold no queries"),
        ({"unseen_ngrams": 1.5}, "unseen_ngrams must be a share, got 1.5"),
        ({"truncated": float("nan")}, "truncated must be a share"),
    ],
)
def test_numbers_of_no_queries_are_refused(fields: dict[str, Any], message: str) -> None:
    with pytest.raises(ConfigurationError, match=message):
        small_reference(**fields)
