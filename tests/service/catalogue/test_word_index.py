from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from models.text import words
from service.catalogue.word_index import (
    AT_START,
    INSIDE,
    NOT_AT_ALL,
    SHORTEST_INSIDE,
    WHOLE,
    WordIndex,
)

TITLES = ("Bosch KGN39VLEB Fridge", "Bosch KGN36 fridge-freezer", "Größe L", "")


def test_a_word_occurs_whole_at_the_start_of_one_or_inside_one() -> None:
    index = WordIndex.of(TITLES)
    assert index.occurrence("fridge").tolist() == [WHOLE, WHOLE, NOT_AT_ALL, NOT_AT_ALL]
    assert index.occurrence("kgn39").tolist() == [AT_START, *[NOT_AT_ALL] * 3]
    assert index.occurrence("39vleb").tolist() == [INSIDE, *[NOT_AT_ALL] * 3]
    assert index.occurrence("größe").tolist() == [*[NOT_AT_ALL] * 2, WHOLE, NOT_AT_ALL]
    assert index.occurrence("sony").tolist() == [NOT_AT_ALL] * 4


def test_too_few_letters_are_looked_for_at_the_start_of_words_only() -> None:
    index = WordIndex.of(TITLES)
    assert index.occurrence("kg").tolist() == [AT_START, AT_START, NOT_AT_ALL, NOT_AT_ALL]
    assert index.occurrence("39").tolist() == [NOT_AT_ALL] * 4


def test_nothing_occurs_in_no_titles() -> None:
    assert WordIndex.of([]).occurrence("word").tolist() == []


LETTERS = st.text("ab", min_size=1, max_size=5)


@given(st.lists(st.lists(LETTERS, max_size=4).map(" ".join), max_size=6), LETTERS)
def test_it_is_what_reading_every_title_would_find(titles: list[str], word: str) -> None:
    def occurrence(title: str) -> int:
        found = words(title)
        if word in found:
            return WHOLE
        if any(one.startswith(word) for one in found):
            return AT_START
        inside = len(word) >= SHORTEST_INSIDE and any(word in one for one in found)
        return INSIDE if inside else NOT_AT_ALL

    assert WordIndex.of(titles).occurrence(word).tolist() == [*map(occurrence, titles)]
