from __future__ import annotations

from models.decider.sizes import with_sizes
from models.decider.tokens import Kind, Token, tokens


def of_kind(text: str, kind: Kind) -> list[str]:
    return [token.text for token in tokens(text) if token.kind is kind]


def test_sizes_count_as_if_the_text_said_them() -> None:
    given = {"Capacity": "64GB", "weight": "1.5 kg", "colour": "red"}
    said = tokens(with_sizes("phone", given))
    assert {Token(Kind.WORD, "phone"), Token(Kind.MEASURE, "64 gb")} < set(said)
    assert Token(Kind.MEASURE, "5 kg") in said
    assert Token(Kind.WORD, "red") not in said


def test_a_text_without_sizes_is_what_it_was() -> None:
    assert with_sizes("phone 8", {"brand": "64 GB"}) == "phone 8"


def test_parts_do_not_run_into_each_other() -> None:
    said = with_sizes("iphone 8", {"size": "XL", "capacity": "64", "volume": "gb"})
    assert of_kind(said, Kind.MEASURE) == []
    assert of_kind(said, Kind.NUMBER) == ["8", "64"]


def test_an_empty_size_says_nothing() -> None:
    assert tokens(with_sizes("phone", {"size": ""})) == tokens("phone")
