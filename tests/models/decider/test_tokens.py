from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.decider.tokens import HASH_BITS, Kind, Token, token_hash, token_sets, tokens

WORD, NUMBER, CODE, MEASURE, UNIT = Kind


def of_kind(kind: Kind, text: str) -> list[str]:
    return [token.text for token in tokens(text) if token.kind is kind]


def test_a_title_is_words_numbers_codes_measures_and_units() -> None:
    title = "Neff K8524X8 32GB"
    assert of_kind(WORD, title) == ["neff", "k", "x", "gb"]
    assert of_kind(NUMBER, title) == ["8524", "8", "32"]
    assert of_kind(CODE, title) == ["k8524x8"]
    assert of_kind(MEASURE, title) == ["8524 x", "32 gb"]
    assert of_kind(UNIT, title) == ["x", "gb"]


@pytest.mark.parametrize(
    ("word", "is_code"),
    {
        "k8524x8": True,
        "wh1000": True,
        "8700k": True,
        "4006381333931": True,
        "2000": True,
        "a_1": True,
        "手机64gb": True,
        "64": False,
        "999": False,
        "32gb": False,
        "s9": False,
        "dishwasher": False,
        "___": False,
    }.items(),
)
def test_what_a_model_code_is(word: str, is_code: bool) -> None:
    assert of_kind(CODE, word) == ([word] if is_code else [])


@pytest.mark.parametrize(
    "text", ["32GB", "32 GB", "32 gb", "32-GB", "\uff13\uff12\uff27\uff22", "32\u00a0GB"]
)
def test_a_number_and_its_unit_are_one_measure_however_written(text: str) -> None:
    assert set(tokens(text)) == set(tokens("32gb"))
    assert of_kind(MEASURE, text) == ["32 gb"]


def test_a_long_word_is_no_unit() -> None:
    assert of_kind(MEASURE, "4 Dishwasher") == []
    assert of_kind(MEASURE, "dishwasher 4") == []
    assert of_kind(MEASURE, "4 8") == []


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", []),
        (" - ! ", []),
        ("🎧🎧", []),
        ("_", []),
        ("华为 P20", ["华为", "p"]),
        ("هاتف ذكي", ["هاتف", "ذكي"]),
        ("Cafe\u0301", ["café"]),
        ("\ud800 x", ["x"]),
    ],
    ids=["empty", "signs", "emoji", "underscore", "Chinese", "Arabic", "combining", "surrogate"],
)
def test_the_words_of_other_texts(text: str, expected: list[str]) -> None:
    assert of_kind(WORD, text) == expected
    assert len(token_sets([text])) == 1


def test_arabic_digits_are_a_number() -> None:
    assert of_kind(NUMBER, "هاتف ٦٤") == ["٦٤"]


def test_equal_texts_of_another_kind_have_other_hashes() -> None:
    hashes = {token_hash(Token(kind, "8")) for kind in Kind}
    assert len(hashes) == len(Kind)
    assert all(0 <= one < 2**HASH_BITS for one in hashes)


def test_a_hash_is_the_crc_with_the_kind_below_it() -> None:
    """CRC-32 of "123456789" is 0xCBF43926, by which implementations are checked."""
    assert token_hash(Token(NUMBER, "123456789")) == 0xCBF43926 * 8 + 1


def test_sets_keep_kind_and_owner() -> None:
    sets = token_sets(["b a a", "", "7"])
    assert sets.offsets.tolist() == [0, 2, 2, 3]
    assert sets.kinds.tolist() == [WORD, WORD, NUMBER]
    assert sets.owners.tolist() == [0, 0, 2]


pieces = st.sampled_from(["32", "gb", "8", "k", "_", "64_", "x", "inch", "4006", " ", " ", "-"])
any_text = st.text(max_size=30) | st.lists(pieces, max_size=10).map("".join)


@given(st.lists(any_text, max_size=4))
def test_the_set_of_a_text_is_that_of_its_tokens(texts: list[str]) -> None:
    sets = token_sets(texts)
    for text, start, stop in zip(texts, sets.offsets[:-1], sets.offsets[1:], strict=True):
        expected = sorted({token_hash(token) for token in tokens(text)})
        assert sets.hashes[start:stop].tolist() == expected
