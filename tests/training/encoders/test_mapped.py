from __future__ import annotations

import tempfile
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.errors import ConfigurationError
from models.ngram.features import bags
from models.ngram.vocabulary import build_vocabulary
from training.encoders.mapped import HASHED_AT_ONCE, hash_texts, renumber


@given(st.lists(st.text(max_size=20), max_size=5))
def test_mapped_features_are_those_of_the_texts(texts: list[str]) -> None:
    mapped, plain = hash_texts(texts), bags(texts)

    assert mapped.offsets.tolist() == plain.offsets.tolist()
    assert mapped.buckets.tolist() == plain.buckets.tolist()
    assert mapped.buckets.dtype == np.int32


def test_renumbered_features_are_rows_of_the_table() -> None:
    texts = ["neff oven", "", "neff"]
    vocabulary = build_vocabulary(bags(texts))

    mapped = renumber(hash_texts(texts), vocabulary)

    assert mapped.buckets.tolist() == vocabulary.rows(bags(texts)).buckets.tolist()


def test_many_texts_are_hashed_in_parts() -> None:
    texts = [f"offer {number}" for number in range(2 * HASHED_AT_ONCE + 1)]
    told: list[tuple[int, int]] = []

    mapped = hash_texts(texts, lambda done, total: told.append((done, total)))

    assert told == [(1_000, 2_001), (2_000, 2_001), (2_001, 2_001)]
    assert mapped.buckets.tolist() == bags(texts).buckets.tolist()


def test_the_file_has_no_name_and_is_where_temporary_files_go(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))

    mapped = hash_texts(["neff oven"])

    assert list(tmp_path.iterdir()) == []
    assert str(tmp_path) in Path("/proc/self/maps").read_text()
    assert mapped.buckets.tolist() == bags(["neff oven"]).buckets.tolist()


def test_the_file_is_in_the_directory_that_was_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "missing"))

    mapped = hash_texts(["neff oven"], directory=tmp_path)

    assert mapped.buckets.tolist() == bags(["neff oven"]).buckets.tolist()
    with pytest.raises(ConfigurationError, match="missing"):
        hash_texts(["neff oven"])
