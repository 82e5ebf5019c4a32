from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.small_bundle import TITLES
from tests.tiny_transformer import tiny_bert
from training.encoders.settings import TransformerSettings
from training.encoders.transformer.module import TransformerModule
from training.encoders.transformer.pretrained import load_pretrained
from training.encoders.transformer.texts import TransformerTexts, write_texts


@pytest.fixture(scope="session")
def bert(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The directory of a tiny BERT that knows the words of the titles."""
    return tiny_bert(tmp_path_factory.mktemp("bert"), TITLES)


@pytest.fixture(scope="session")
def settings(bert: Path) -> TransformerSettings:
    return TransformerSettings(str(bert), max_length=12)


@dataclass(frozen=True, slots=True, eq=False)
class Started:
    """What `prepare_transformer` returns, without the trial export."""

    encoder: TransformerModule
    texts: TransformerTexts


def started(settings: TransformerSettings, texts: Sequence[str]) -> Started:
    pretrained = load_pretrained(settings.model, settings.max_length)
    module = TransformerModule(pretrained, settings)
    return Started(module, write_texts(texts, pretrained.tokeniser))
