from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from models.ngram.features import (
    BIGRAM_SEED,
    BUCKETS,
    CHARACTER_SEED,
    WORD_SEED,
    bags,
    bucket,
    text_buckets,
)


def test_features_of_two_words_by_hand() -> None:
    """`ab c`: both words, their bigram, and the 3-5-grams of `<ab>` and `<c>`."""
    expected = [bucket(word, WORD_SEED) for word in ("ab", "c")]
    expected += [bucket("ab c", BIGRAM_SEED)]
    expected += [bucket(gram, CHARACTER_SEED) for gram in ("<ab", "ab>", "<ab>", "<c>")]

    assert sorted(text_buckets("AB c").tolist()) == sorted(expected)


def test_hash_is_the_same_everywhere() -> None:
    """CRC-32 of `neff` starting from 1 is a fixed number; a bundle depends on it."""
    assert bucket("neff", WORD_SEED) == 211406


def test_case_width_and_spacing_do_not_matter() -> None:
    full_width = "\uff21\uff22"  # a full-width AB

    assert text_buckets(f"  {full_width}\tC ").tolist() == text_buckets("ab c").tolist()


@given(st.lists(st.text(max_size=30), max_size=5))
def test_bags_hold_the_buckets_of_each_text(texts: list[str]) -> None:
    found = bags(texts)

    assert len(found) == len(texts)
    assert all(0 <= value < BUCKETS for value in found.buckets.tolist())
    for i, text in enumerate(texts):
        part = found.buckets[found.offsets[i] : found.offsets[i + 1]]
        assert np.array_equal(part, text_buckets(text))
