from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from models.drift.take import DriftSettings, frequent_ngrams, retake_reference, take_reference
from models.errors import ConfigurationError
from tests.small_bundle import TITLES, small_encoder
from tests.tiny_transformer import bag_of_pieces

SCORES = np.linspace(0, 1, 40, dtype=np.float32)
TEXTS = [f"apple phone {number}" for number in range(40)]


def test_it_describes_the_held_out_queries() -> None:
    reference = take_reference(
        small_encoder(TITLES), ["apple phone"], TEXTS, SCORES, DriftSettings(bins=4)
    )
    assert reference is not None
    assert reference.score_counts == (10, 10, 10, 10)
    # 10 n-grams of the words are known; of the number, 1 n-gram below 10 and 2 from there, none is.
    assert reference.unseen_ngrams == pytest.approx((10 * 1 + 30 * 2) / (10 * 11 + 30 * 12))
    assert reference.truncated == 0


def test_texts_that_the_encoder_cuts_are_counted(tmp_path: Path) -> None:
    encoder = bag_of_pieces(tmp_path, TITLES, max_length=8)
    texts = ["apple", "apple iphone 8 64gb silver bosch serie 4 dishwasher"] * 20
    reference = take_reference(encoder, texts, texts, SCORES, DriftSettings())
    assert reference is not None
    assert reference.truncated == 0.5
    assert reference.unseen_ngrams == 0


def test_without_held_out_queries_there_is_no_reference() -> None:
    empty = np.empty(0, dtype=np.float32)
    encoder = small_encoder(TITLES)
    assert take_reference(encoder, TEXTS, [], empty, DriftSettings()) is None


def test_the_settings_decide_bins_and_known_ngrams() -> None:
    encoder, settings = small_encoder(TITLES), DriftSettings(bins=2, known_ngrams=3)
    reference = take_reference(encoder, ["ab ab ab a b"], TEXTS, SCORES, settings)
    assert reference is not None
    assert reference.bins == 2
    assert reference.known == {"<ab", "ab>", "<a>"}


def test_the_most_frequent_ngrams_are_known() -> None:
    texts = ["b b", "a", "c", "b a"]
    assert frequent_ngrams(texts, 1) == {"<b>"}
    assert frequent_ngrams(texts, 2) == {"<a>", "<b>"}
    assert frequent_ngrams(["c", "a", "b"], 2) == {"<a>", "<b>"}  # as frequent: the first by name
    assert frequent_ngrams(texts, 9) == {"<a>", "<b>", "<c>"}


@pytest.mark.parametrize(("field", "value"), [("bins", 1), ("known_ngrams", 0)])
def test_settings_that_cannot_be_used_are_refused(field: str, value: int) -> None:
    with pytest.raises(ConfigurationError, match=f"{field} must be at least"):
        replace(DriftSettings(), **{field: value})


def test_newer_traffic_is_beside_what_the_model_learnt_from_before() -> None:
    encoder = small_encoder(TITLES)
    first = take_reference(encoder, ["apple phone"], TEXTS, SCORES, DriftSettings(bins=4))
    assert first is not None
    again = retake_reference(first, encoder, TEXTS[:20], SCORES[:20] / np.float32(2))
    assert again.known == first.known
    assert again.score_counts == (5, 5, 5, 5)
    assert max(again.edges) < min(first.edges)
    assert again.unseen_ngrams == pytest.approx((10 * 1 + 10 * 2) / (10 * 11 + 10 * 12))
