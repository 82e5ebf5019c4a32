from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from models.bundle.bundle import BundleContents
from models.bundle.load import load_bundle
from models.bundle.publish import publish
from models.errors import BundleError
from models.index.build import build_index
from models.runtime import Runtime
from tests.small_bundle import CREATED_AT, TITLES, small_contents
from tests.tiny_transformer import bag_of_pieces


def contents_with_transformer(directory: Path) -> BundleContents:
    encoder = bag_of_pieces(directory, TITLES)
    vectors = encoder.encode(TITLES)
    index, report = build_index(vectors, vectors, seed=0)
    contents = small_contents()
    return replace(
        contents,
        runtime=Runtime(encoder, index, contents.runtime.catalogue),
        index_report=report,
    )


def test_it_is_published_loaded_and_searched(tmp_path: Path) -> None:
    contents = contents_with_transformer(tmp_path / "encoder")

    bundle = load_bundle(publish(tmp_path / "bundles", contents, created_at=CREATED_AT))

    assert bundle.manifest.encoder == "transformer"
    found = bundle.runtime.candidates(["samsung galaxy s9 black", "lg oled television", ""], k=3)
    assert found.rows[:2, 0].tolist() == [2, 6]
    assert found.scores[2].tolist() == [0, 0, 0]


@pytest.mark.parametrize("name", ["config.json", "tokenizer.json", "model.onnx"])
def test_each_of_its_files_is_verified(tmp_path: Path, name: str) -> None:
    contents = contents_with_transformer(tmp_path / "encoder")
    directory = publish(tmp_path / "bundles", contents, created_at=CREATED_AT)
    path = directory / "encoder" / name
    path.write_bytes(path.read_bytes() + b" ")

    with pytest.raises(BundleError, match=rf"{name}: does not match the manifest"):
        load_bundle(directory)
