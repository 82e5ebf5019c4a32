from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from models.encoder import Encoder
from models.errors import BundleError
from models.loading import load_encoder
from tests.small_bundle import TITLES, small_encoder
from tests.tiny_transformer import bag_of_pieces


def test_each_kind_is_read_as_what_it_is(tmp_path: Path) -> None:
    (tmp_path / "ngram").mkdir()
    saved: list[Encoder] = [small_encoder(TITLES), bag_of_pieces(tmp_path / "transformer", TITLES)]
    saved[0].save(tmp_path / "ngram")

    loaded = [load_encoder(tmp_path / kind) for kind in ("ngram", "transformer")]

    for before, after in zip(saved, loaded, strict=True):
        assert np.array_equal(before.encode(TITLES), after.encode(TITLES))


def test_an_unknown_kind_is_refused(tmp_path: Path) -> None:
    (tmp_path / "config.json").write_text(json.dumps({"kind": "oracle"}))

    with pytest.raises(BundleError, match=r"config\.json: this software has no encoder of kind"):
        load_encoder(tmp_path)


@pytest.mark.parametrize("package", ["onnxruntime", "tokenizers"])
def test_a_missing_package_is_named_with_what_to_install(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, package: str
) -> None:
    bag_of_pieces(tmp_path / "encoder", TITLES)
    for name in ("runtime", "tokens"):
        monkeypatch.delitem(sys.modules, f"models.transformer.{name}")
    monkeypatch.setitem(sys.modules, package, None)

    with pytest.raises(BundleError, match=rf"{package}: pip install 'alc\[transformer-serving\]'"):
        load_encoder(tmp_path / "encoder")


def test_reading_bundles_imports_nothing_that_only_transformers_need() -> None:
    program = "import sys, service.app; print(*sys.modules)"
    ran = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )

    modules = set(ran.stdout.split())
    assert "models.loading" in modules
    assert not modules & {"onnxruntime", "tokenizers", "transformers", "torch"}
