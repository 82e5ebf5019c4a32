from __future__ import annotations

import math

import pytest

from models.ngram.features import BUCKETS, bags, text_buckets
from models.ngram.vocabulary import COUNTED_AT_ONCE, build_vocabulary


def test_idf_by_hand() -> None:
    """Three texts, `a` in two of them (twice in one): idf = ln(4 / 3) + 1."""
    vocabulary = build_vocabulary(bags(["a a", "a", "b"]))
    idf = dict(zip(vocabulary.buckets.tolist(), vocabulary.idf.tolist(), strict=True))

    assert idf[text_buckets("a")[0]] == pytest.approx(math.log(4 / 3) + 1)
    assert idf[text_buckets("b")[0]] == pytest.approx(math.log(4 / 2) + 1)


def test_only_buckets_that_occur_are_stored() -> None:
    texts = bags(["ab", "c"])

    assert build_vocabulary(texts).buckets.tolist() == sorted(set(texts.buckets.tolist()))


def test_unknown_features_are_left_out_of_a_bag() -> None:
    vocabulary = build_vocabulary(bags(["ab"]))

    rows = vocabulary.rows(bags(["zzz", "ab zzz", ""]))

    known = rows.offsets[1:] - rows.offsets[:-1]
    assert known.tolist() == [0, len(text_buckets("ab")), 0]


def test_counting_in_parts_counts_every_text_once(monkeypatch: pytest.MonkeyPatch) -> None:
    texts = [f"tv {number % 7} tv" for number in range(50)] + [""]
    at_once = build_vocabulary(bags(texts))
    monkeypatch.setattr("models.ngram.vocabulary.COUNTED_AT_ONCE", 8)

    in_parts = build_vocabulary(bags(texts))

    assert in_parts.buckets.tolist() == at_once.buckets.tolist()
    assert in_parts.idf.tolist() == at_once.idf.tolist()


def test_parts_that_are_counted_at_once_fit_32_bits() -> None:
    assert COUNTED_AT_ONCE * BUCKETS < 2**31
