from __future__ import annotations

import pytest

from training.catalogue_check.titles import Difference, title_difference, tokens


@pytest.mark.parametrize(
    ("first", "second", "kind"),
    [
        ("HP Xeon E5-2620 2.0GHz", "HP Xeon E5 2620 2.0GHz", Difference.SPELLING),
        ("Candy AQUA1042D1", "Candy AQUA 1042D1", Difference.SPELLING),
        ("Quad Core Xeon", "Xeon Quad-core", Difference.SPELLING),
        ("Neff K8524X8GB", "Neff K8524X8", Difference.SUFFIX),
        ("Neff K8524X8 White", "Neff K8524X8GB", Difference.SUFFIX_AND_WORDS),
        ("Huawei P20 Lite", "Huawei P20", Difference.EXTRA_WORDS),
        ("Bosch WAT28 White", "Bosch WAT28 Black", Difference.OTHER_WORDS),
        ("Neff K8524X8B Red", "Neff K8524X8 Blue", Difference.OTHER_WORDS),
        ("Neff K8524X8GB", "Neff K8524X7GB", Difference.NUMBERS),
        ("Samsung Galaxy S9+", "Samsung Galaxy S9", Difference.NUMBERS),
        ("iPhone 7 64GB", "iPhone 7 128GB", Difference.NUMBERS),
        ("Smeg WMF147X", "Smeg WMF147X-2", Difference.NUMBERS),
    ],
)
def test_titles_differ_by_spelling_suffix_words_or_numbers(
    first: str, second: str, kind: Difference
) -> None:
    assert title_difference(first, second).kind is kind
    assert title_difference(second, first).kind is kind


def test_what_is_shared_and_what_is_not_keeps_repeated_words() -> None:
    found = title_difference("Duo duo 4 oven", "oven DUO white")
    assert sorted(found.shared) == ["duo", "oven"]
    assert (found.only_first, found.only_second) == (("duo", "4"), ("white",))


@pytest.mark.parametrize(
    "longer", ["K8524X8ABCDE", "K8524X89"], ids=["too long a suffix", "a digit"]
)
def test_a_suffix_is_a_few_letters(longer: str) -> None:
    assert title_difference("Neff K8524X8", f"Neff {longer}").kind is Difference.NUMBERS


def test_words_are_lower_case_and_letters_of_any_script() -> None:
    assert tokens("Krüger&Matz MOVE-7, 1.5L") == ("krüger", "matz", "move", "7", "1", "5l")
