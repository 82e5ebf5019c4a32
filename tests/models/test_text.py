from __future__ import annotations

import pytest

from models.text import words


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Neff K8524-X8, 32 GB!", ["neff", "k8524", "x8", "32", "gb"]),
        ("", []),
        ("🎧 ™", ["tm"]),
        ("\uff34\uff36\u3000\uff33\uff19", ["tv", "s9"]),
        ("Cafe\u0301", ["café"]),
        ("手机 64GB", ["手机", "64gb"]),
        ("هاتف ٦٤", ["هاتف", "٦٤"]),
        ("10²", ["102"]),
        ("part_number", ["part_number"]),
    ],
    ids=["signs", "empty", "emoji", "wide", "accent", "Chinese", "Arabic", "power", "underscore"],
)
def test_words_are_lower_cased_and_of_one_form(text: str, expected: list[str]) -> None:
    assert words(text) == expected
