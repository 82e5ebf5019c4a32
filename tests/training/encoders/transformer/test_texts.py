from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from models.errors import ConfigurationError
from models.transformer.tokens import Tokeniser
from tests.small_bundle import TITLES
from tests.tiny_transformer import word_pieces
from training.encoders.transformer import texts as texts_module
from training.encoders.transformer.texts import write_texts

TEXTS = [*TITLES, "", "apple " * 50, "chef"]


def tokeniser(max_length: int = 12) -> Tokeniser:
    return Tokeniser.of(word_pieces(TITLES).to_str(), max_length, padding=0)


def test_the_inputs_of_texts_are_their_tokens(tmp_path: Path) -> None:
    rows = np.array([9, 3, 8, 0])

    places, ids, mask = write_texts(TEXTS, tokeniser(), tmp_path).select(rows)

    expected = tokeniser().tokens([TEXTS[row] for row in rows])
    assert ids[places].tolist() == expected.ids.tolist()
    assert mask[places].tolist() == expected.mask().tolist()


def test_texts_of_like_length_are_in_one_piece(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(texts_module, "SMALLEST_PIECE", 2)
    rows = np.array([0, 1, 2, 3])
    store = write_texts(["a a a a", "a", "a a a", "a a"], tokeniser(), tmp_path)

    places, *pieces = store.select(rows)

    assert places.tolist() == [3, 0, 2, 1]
    assert [tuple(one.shape) for one in pieces] == [(2, 4), (2, 4), (2, 6), (2, 6)]


@pytest.mark.parametrize(("texts", "pieces"), [(1, 1), (127, 1), (128, 2), (512, 8), (9999, 8)])
def test_pieces_are_neither_small_nor_many(tmp_path: Path, texts: int, pieces: int) -> None:
    store = write_texts(TEXTS, tokeniser(), tmp_path)

    assert len(store.select(np.zeros(texts, dtype=np.int64))) == 1 + 2 * pieces


def test_texts_that_lose_their_end_are_counted(tmp_path: Path) -> None:
    assert write_texts(TEXTS, tokeniser(40), tmp_path).cut == 1
    assert write_texts(TEXTS, tokeniser(5), tmp_path).cut == 1 + len(TITLES)


def test_a_small_vocabulary_takes_two_bytes_a_token(tmp_path: Path) -> None:
    assert write_texts(TEXTS, tokeniser(), tmp_path).ids.dtype == np.uint16


def test_a_large_vocabulary_takes_four(tmp_path: Path) -> None:
    large = word_pieces(TITLES)
    large.add_tokens([f"w{number}" for number in range(2**16)])

    store = write_texts(["w65535"], Tokeniser.of(large.to_str(), 8, padding=0), tmp_path)

    assert store.ids.dtype == np.int32
    assert store.ids[0, 1] == large.get_vocab_size() - 1 >= 2**16


def test_pieces_read_one_after_the_other_are_reported_and_put_together(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    at_once = write_texts(TEXTS, tokeniser(), tmp_path)
    monkeypatch.setattr(texts_module, "TOKENISED_AT_ONCE", 4)
    told: list[tuple[int, int]] = []

    store = write_texts(TEXTS, tokeniser(), tmp_path, lambda *done: told.append(done))

    assert told == [(4, 11), (8, 11), (11, 11)]
    assert np.array_equal(store.ids, at_once.ids)
    assert np.array_equal(store.lengths, at_once.lengths)
    assert len(store) == len(TEXTS)


def test_nothing_is_left_on_the_disk_to_be_removed(tmp_path: Path) -> None:
    store = write_texts(TEXTS, tokeniser(), tmp_path)

    assert list(tmp_path.iterdir()) == []
    assert isinstance(store.ids, np.memmap)


def test_a_directory_that_cannot_be_written_to_is_named(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="missing"):
        write_texts(TEXTS, tokeniser(), tmp_path / "missing")
