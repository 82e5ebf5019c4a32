from __future__ import annotations

import tempfile
from pathlib import Path

import numpy as np
import pytest
import torch
from torch import Tensor, nn
from transformers import RobertaConfig, RobertaModel

from models.errors import ConfigurationError
from models.transformer.tokens import Tokeniser
from tests.small_bundle import TITLES
from tests.tiny_transformer import word_pieces
from training.encoders.transformer.export import export_encoder
from training.encoders.transformer.mean import MeanOfStates

TOKENISER = Tokeniser.of(word_pieces(TITLES).to_str(), 12, padding=0)
VOCABULARY = TOKENISER.largest_id + 1


def test_an_encoder_whose_positions_begin_after_the_padding_is_exported_too() -> None:
    layers = {"num_hidden_layers": 1, "num_attention_heads": 2, "hidden_size": 16}
    config = RobertaConfig(vocab_size=VOCABULARY, intermediate_size=32, pad_token_id=0, **layers)
    torch.manual_seed(0)

    served = export_encoder(
        MeanOfStates(RobertaModel(config, add_pooling_layer=False)), TOKENISER, 16
    )

    together = served.encode(TITLES)
    alone = np.concatenate([served.encode([title]) for title in TITLES])
    assert together == pytest.approx(alone, abs=1e-5)


class Undecided(nn.Module):
    """Goes by the numbers it sees, which no graph can."""

    def forward(self, ids: Tensor, mask: Tensor) -> Tensor:
        return ids.float() if ids.sum() > 0 else mask.float()


def test_what_cannot_be_exported_is_refused() -> None:
    with pytest.raises(ConfigurationError, match="this kind of model cannot be exported"):
        export_encoder(Undecided(), TOKENISER, 4)


class Restless(nn.Module):
    """Does something else every time."""

    def __init__(self) -> None:
        super().__init__()
        self.rows = nn.Embedding(VOCABULARY, 4)
        self.sign = 1.0

    def forward(self, ids: Tensor, mask: Tensor) -> Tensor:
        self.sign = -self.sign
        summed: Tensor = (self.rows(ids) * mask[:, :, None]).sum(dim=1)
        return summed * self.sign


def test_what_is_not_the_same_when_served_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))

    with pytest.raises(ConfigurationError, match="the exported encoder is not the trained one"):
        export_encoder(Restless(), TOKENISER, 4)

    assert list(tmp_path.iterdir()) == []
