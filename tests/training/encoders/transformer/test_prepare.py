from __future__ import annotations

import tempfile
from pathlib import Path

import pytest

from models.errors import ConfigurationError
from tests.small_bundle import TITLES
from training.encoders.settings import TransformerSettings
from training.encoders.transformer import TransformerModule, TransformerTexts, prepare_transformer


def test_it_is_the_encoder_and_its_texts(
    settings: TransformerSettings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    told: list[tuple[int, int]] = []

    prepared = prepare_transformer(settings, TITLES, on_texts=lambda *done: told.append(done))

    assert isinstance(prepared.encoder, TransformerModule)
    assert isinstance(prepared.texts, TransformerTexts)
    assert len(prepared.texts) == len(TITLES)
    assert told == [(len(TITLES), len(TITLES))]
    assert len(prepared.read(["others", *TITLES])) == len(TITLES) + 1
    assert list(tmp_path.iterdir()) == []  # the files of the trial export went with it


def test_what_cannot_be_served_is_refused_before_any_text_is_read(
    settings: TransformerSettings, monkeypatch: pytest.MonkeyPatch
) -> None:
    def export(_: TransformerModule) -> None:
        raise ConfigurationError("cannot be served")

    monkeypatch.setattr(TransformerModule, "export", export)
    told: list[tuple[int, int]] = []

    with pytest.raises(ConfigurationError, match="cannot be served"):
        prepare_transformer(settings, TITLES, on_texts=lambda *done: told.append(done))

    assert told == []
