from __future__ import annotations

import json
import os
from pathlib import Path

import numpy as np
import pytest

from models.errors import BundleError
from models.transformer import runtime
from models.transformer.runtime import TransformerEncoder
from tests.small_bundle import TITLES
from tests.tiny_transformer import bag_of_pieces, word_pieces


@pytest.fixture
def encoder(tmp_path: Path) -> TransformerEncoder:
    return bag_of_pieces(tmp_path / "encoder", TITLES)


def test_embedding_worked_out_by_hand(tmp_path: Path) -> None:
    """Rows: [CLS] (3, 0), `ab` (0, 4), [SEP] (0, 0).

    Their mean is (1, 4/3), of length 5/3, so that the embedding is (0.6, 0.8).
    """
    pieces = word_pieces(["ab"])
    table = np.zeros((pieces.get_vocab_size(), 2), dtype=np.float32)
    table[pieces.token_to_id("[CLS]")] = (3, 0)
    table[pieces.token_to_id("ab")] = (0, 4)

    embedding = bag_of_pieces(tmp_path / "encoder", ["ab"], table).encode(["AB"])

    assert embedding.dtype == np.float32
    assert embedding[0].tolist() == pytest.approx([0.6, 0.8])


def test_rows_are_unit_vectors_in_the_order_of_the_texts(encoder: TransformerEncoder) -> None:
    together = encoder.encode(TITLES)

    assert np.linalg.norm(together, axis=1) == pytest.approx(np.ones(len(TITLES)), abs=1e-6)
    alone = np.concatenate([encoder.encode([title]) for title in TITLES])
    assert together == pytest.approx(alone, abs=1e-6)


def test_pieces_of_a_catalogue_are_put_together(
    encoder: TransformerEncoder, monkeypatch: pytest.MonkeyPatch
) -> None:
    at_once = encoder.encode(TITLES)
    monkeypatch.setattr(runtime, "TOKENISED_AT_ONCE", 3)
    monkeypatch.setattr(runtime, "BATCH", 2)

    assert encoder.encode(TITLES) == pytest.approx(at_once, abs=1e-6)


def test_no_texts_have_no_embeddings(encoder: TransformerEncoder) -> None:
    assert encoder.encode([]).shape == (0, 64)


def test_a_text_with_nothing_in_it_is_zero_and_similar_to_nothing(
    encoder: TransformerEncoder,
) -> None:
    embeddings = encoder.encode(["", TITLES[0], "\u200b"])

    assert embeddings.any(axis=1).tolist() == [False, True, False]


def test_what_is_beyond_the_greatest_length_does_not_count(tmp_path: Path) -> None:
    short = bag_of_pieces(tmp_path / "encoder", TITLES, max_length=5)

    first, same, other = short.encode(["apple iphone 8", "apple iphone 8 silver", "apple iphone"])

    assert np.array_equal(first, same)
    assert not np.allclose(first, other)


def test_saved_and_loaded_is_the_same(encoder: TransformerEncoder, tmp_path: Path) -> None:
    saved = tmp_path / "saved"
    saved.mkdir()
    encoder.save(saved)

    loaded = TransformerEncoder.load(saved)

    assert loaded.dimension == encoder.dimension
    assert np.array_equal(loaded.encode(TITLES), encoder.encode(TITLES))


@pytest.mark.parametrize(
    ("stated", "threads"), [("3", 3), ("1", 1), ("0", None), ("", None), ("many", None)]
)
def test_threads_are_those_of_the_environment_or_all_cores(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, stated: str, threads: int | None
) -> None:
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: set(range(5)), raising=False)
    monkeypatch.setenv("OMP_NUM_THREADS", stated)

    options = bag_of_pieces(tmp_path / "encoder", TITLES).session.get_session_options()

    assert options.intra_op_num_threads == (threads or 5)


@pytest.mark.parametrize("name", ["config.json", "tokenizer.json", "model.onnx"])
@pytest.mark.parametrize("content", [None, b"", b"[1]"], ids=["missing", "empty", "damaged"])
def test_a_wrong_file_is_refused_by_name(
    encoder: TransformerEncoder, name: str, content: bytes | None
) -> None:
    path = encoder.directory / name
    if content is None:
        path.unlink()
    else:
        path.write_bytes(content)

    with pytest.raises(BundleError, match=name):
        TransformerEncoder.load(encoder.directory)


@pytest.mark.parametrize(
    ("field", "value", "said"),
    [
        ("kind", "ngram", "is not a transformer encoder"),
        ("format", 2, "of format 1"),
        ("dimension", 63, "model.onnx: has inputs"),
        ("max_length", 2, "tokenizer.json: cannot be used"),
        ("pooling", "cls", "config.json: cannot be read"),
    ],
)
def test_a_configuration_that_does_not_fit_is_refused(
    encoder: TransformerEncoder, field: str, value: object, said: str
) -> None:
    path = encoder.directory / "config.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | {field: value}))

    with pytest.raises(BundleError, match=said):
        TransformerEncoder.load(encoder.directory)


def test_texts_that_lose_their_end_are_told(tmp_path: Path) -> None:
    encoder = bag_of_pieces(tmp_path / "encoder", ["neff oven bosch"], max_length=4)
    assert encoder.truncated(["neff oven", "neff oven bosch"]).tolist() == [False, True]
    assert encoder.truncated([]).tolist() == []
