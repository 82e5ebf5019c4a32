from __future__ import annotations

import sys
import tempfile
from pathlib import Path

import pytest

from models.errors import ConfigurationError
from tests.small_bundle import TITLES
from tests.tiny_transformer import tiny_bert
from training.encoders.ngram import NgramModule
from training.encoders.prepare import prepare_encoder
from training.encoders.settings import NgramSettings, TransformerSettings
from training.encoders.transformer import TransformerModule


def test_the_kind_decides(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(TransformerModule, "export", lambda _: None)  # takes seconds
    transformer = TransformerSettings(str(tiny_bert(tmp_path / "bert", TITLES)), max_length=12)
    told: list[tuple[int, int]] = []

    encoders = [
        prepare_encoder(settings, TITLES, 0, lambda *done: told.append(done)).encoder
        for settings in (NgramSettings(dimension=8), transformer)
    ]

    assert [type(one) for one in encoders] == [NgramModule, TransformerModule]
    assert [one.dimension for one in encoders] == [8, 32]
    assert told == [(len(TITLES), len(TITLES))] * 2


@pytest.mark.parametrize("kind", ["ngram", "transformer"])
def test_what_the_texts_are_read_as_is_kept_where_it_is_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kind: str
) -> None:
    monkeypatch.setattr(TransformerModule, "export", lambda _: None)  # takes seconds
    directory = tiny_bert(tmp_path / "bert", TITLES)
    settings = TransformerSettings(str(directory)) if kind == "transformer" else NgramSettings()
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "missing"))

    assert len(prepare_encoder(settings, TITLES, 0, directory=tmp_path).texts) == len(TITLES)
    with pytest.raises(ConfigurationError, match="missing"):
        prepare_encoder(settings, TITLES, 0)


@pytest.mark.parametrize("package", ["transformers", "tokenizers", "onnxruntime"])
def test_a_missing_package_is_named_with_what_to_install(
    monkeypatch: pytest.MonkeyPatch, package: str
) -> None:
    for name in [one for one in sys.modules if "encoders.transformer" in one]:
        monkeypatch.delitem(sys.modules, name)
    for name in ("models.transformer.runtime", "models.transformer.tokens"):
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, package, None)

    with pytest.raises(ConfigurationError, match=rf"{package}: pip install 'alc\[transformer\]'"):
        prepare_encoder(TransformerSettings("anything"), TITLES, 0)


@pytest.mark.parametrize(
    "wrong", [{"max_length": 0}, {"learning_rate": 0.0}, {"weight_decay": -1.0}], ids=str
)
def test_settings_out_of_range_are_refused(wrong: dict[str, float]) -> None:
    with pytest.raises(ConfigurationError, match=next(iter(wrong))):
        TransformerSettings("anything", **wrong)  # type: ignore[arg-type]
