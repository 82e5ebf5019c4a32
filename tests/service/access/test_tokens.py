from __future__ import annotations

import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.access.tokens import (
    ApiKey,
    csrf_matches,
    csrf_token,
    digest,
    matches,
    random_token,
)


def test_a_key_can_be_read_back_from_its_text() -> None:
    for _ in range(100):  # secrets may contain the separator
        key = ApiKey.random()
        assert ApiKey.parse(str(key)) == key


def test_keys_and_tokens_differ_from_each_other() -> None:
    assert len({ApiKey.random().id for _ in range(100)}) == 100
    assert len({random_token() for _ in range(100)}) == 100


@pytest.mark.parametrize(
    "text",
    ["", "alc", "alc__secret", "alc_0123456789ab", "alc_0123456789ab_", "alc_0123456789AB_s"],
)
def test_other_texts_are_no_keys(text: str) -> None:
    assert ApiKey.parse(text) is None


@given(st.text())
def test_any_text_can_be_tried(text: str) -> None:
    key = ApiKey.parse(text)
    assert key is None or str(key) == text


def test_a_key_does_not_show_its_secret() -> None:
    key = ApiKey("0123456789ab", "hidden")
    assert "hidden" not in repr(key)


def test_the_digest_is_sha_256() -> None:
    assert digest("abc") == hashlib.sha256(b"abc").digest()
    assert matches("abc", digest("abc"))
    assert not matches("abd", digest("abc"))


def test_the_csrf_token_belongs_to_one_session_and_hides_it() -> None:
    assert csrf_matches("session", csrf_token("session"))
    assert not csrf_matches("other", csrf_token("session"))
    assert not csrf_matches("session", "")
    assert not csrf_matches("session", "ä")
    assert csrf_token("session") != digest("session").hex()
