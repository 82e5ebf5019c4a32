from __future__ import annotations

import pytest

from models.transformer.tokens import Tokeniser
from tests.tiny_transformer import word_pieces

TEXTS = ["neff oven", "bosch"]


def tokeniser(max_length: int = 8) -> Tokeniser:
    return Tokeniser.of(word_pieces(TEXTS).to_str(), max_length, padding=0)


def pieces(text: str, max_length: int = 8) -> list[str | None]:
    used = tokeniser(max_length)
    return [used.backend.id_to_token(number) for number in used.tokens([text]).ids[0].tolist()]


def test_a_text_becomes_its_pieces_between_the_special_tokens() -> None:
    assert pieces("Neff OVEN") == ["[CLS]", "neff", "oven", "[SEP]"]


def test_a_word_never_seen_becomes_letters_or_is_unknown() -> None:
    assert pieces("chef") == ["[CLS]", "c", "##h", "##e", "##f", "[SEP]"]
    assert pieces("日本") == ["[CLS]", "[UNK]", "[UNK]", "[SEP]"]


def test_texts_are_filled_up_to_the_longest() -> None:
    found = tokeniser().tokens(["neff oven", "bosch", ""])

    assert found.lengths.tolist() == [4, 3, 0]
    assert found.mask().tolist() == [[1, 1, 1, 1], [1, 1, 1, 0], [0, 0, 0, 0]]
    assert found.ids[1, 3] == 0


@pytest.mark.parametrize(("max_length", "kept"), [(3, 1), (5, 3), (8, 3)])
def test_a_long_text_loses_its_end_and_keeps_the_last_special_token(
    max_length: int, kept: int
) -> None:
    words = ["neff", "oven", "bosch"]

    assert pieces(" ".join(words), max_length) == ["[CLS]", *words[:kept], "[SEP]"]


def test_what_was_cut_is_said() -> None:
    found = tokeniser(max_length=4).tokens(["neff oven", "neff oven bosch", ""])

    assert found.cut.tolist() == [False, True, False]


def test_chosen_rows_are_filled_up_among_themselves() -> None:
    found = tokeniser().tokens(["neff oven bosch", "neff oven", "bosch"])

    chosen = found.rows(found.lengths.argsort()[:2])

    assert chosen.lengths.tolist() == [3, 4]
    assert chosen.ids.tolist() == tokeniser().tokens(["bosch", "neff oven"]).ids.tolist()


@pytest.mark.parametrize("text", ["", "  ", "\u200b", "\x00"], ids=ascii)
def test_a_text_with_nothing_in_it_has_no_tokens(text: str) -> None:
    assert tokeniser().tokens([text]).lengths.tolist() == [0]


def test_half_a_surrogate_pair_is_an_unknown_letter() -> None:
    assert pieces("neff \ud800") == pieces("neff ?")


def test_no_texts_have_no_tokens() -> None:
    assert tokeniser().tokens([]).ids.shape == (0, 0)


def test_its_definition_makes_it_again() -> None:
    before = tokeniser(max_length=4)
    after = Tokeniser.of(before.definition(), 4, padding=0)

    texts = ["neff oven bosch", "chef"]
    assert before.tokens(texts).ids.tolist() == after.tokens(texts).ids.tolist()


@pytest.mark.parametrize("definition", ["", "{}", "nothing"])
def test_what_is_no_tokeniser_is_refused(definition: str) -> None:
    with pytest.raises(ValueError, match="is not a tokeniser"):
        Tokeniser.of(definition, 8, padding=0)


def test_a_length_without_room_for_a_word_is_refused() -> None:
    with pytest.raises(ValueError, match="adds 2 tokens"):
        tokeniser(max_length=2)


def test_a_text_is_cut_when_a_piece_is_lost() -> None:
    assert tokeniser(4).cut(["neff oven", "neff oven bosch", ""]).tolist() == [False, True, False]
