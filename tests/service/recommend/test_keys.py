from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.recommend.keys import query_key, text_key


@pytest.mark.parametrize(
    "text",
    [
        "apple iphone 8",
        "APPLE iPhone 8",
        "  Apple\t iPhone\n8 ",
        "Ａｐｐｌｅ iPhone 8",  # noqa: RUF001 - full-width letters are the point
        "Apple\u00a0iPhone 8",
    ],
)
def test_case_width_and_spaces_do_not_matter(text: str) -> None:
    assert query_key(text, "shop") == query_key("Apple iPhone 8", "shop")


def test_case_folding_is_more_than_lower_case() -> None:
    assert query_key("Straße", "shop") == query_key("STRASSE", "shop")


@pytest.mark.parametrize(
    ("text", "source"), [("Apple iPhone 8", "other"), ("Apple iPhone 9", "shop")]
)
def test_another_text_or_source_is_another_query(text: str, source: str) -> None:
    assert query_key(text, source) != query_key("Apple iPhone 8", "shop")


def test_no_text_can_pretend_to_be_part_of_the_source() -> None:
    assert query_key("b:c", "a") != query_key("c", "a:b")


@given(st.text(st.characters(codec="utf-8")))
def test_normalising_twice_changes_nothing(text: str) -> None:
    assert query_key(text.casefold(), "shop") == query_key(text, "shop")
    assert len(query_key(text, "shop")) == 32


def test_a_text_has_the_same_key_from_every_source() -> None:
    assert text_key(" ａPPLE iphone  8") == text_key("Apple iPhone 8")  # noqa: RUF001 - as above
    assert text_key("Apple iPhone 9") != text_key("Apple iPhone 8")
