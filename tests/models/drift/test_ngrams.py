from __future__ import annotations

import pytest

from models.drift.ngrams import ngrams


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("iPad 4", ["<ip", "ipa", "pad", "ad>", "<4>"]),
        ("\uff29\uff30\uff21\uff24", ["<ip", "ipa", "pad", "ad>"]),  # full width folds to the same
        ("a-b", ["<a>", "<b>"]),
        ("ab ab", ["<ab", "ab>", "<ab", "ab>"]),
        ("", []),
        ("?!", []),
    ],
)
def test_the_ngrams_of_a_text(text: str, expected: list[str]) -> None:
    assert ngrams(text) == expected
