from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from tests.tiny_transformer import tiny_bert
from tests.training.products import small_shop
from training.encoders.settings import TransformerSettings
from training.encoders.transformer import TransformerModule
from training.loop.fit import fit
from training.loop.step import Step
from training.losses.alc import AlcSettings
from training.settings import TrainingSettings


def test_the_loop_trains_it_and_serves_what_it_trained(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shop = small_shop(offers_per_product=2)
    titles = [product.title for product in shop.products]
    directory = tiny_bert(tmp_path / "bert", [*titles, *shop.texts])
    settings = TrainingSettings(
        epochs=6,
        batch_size=40,
        encoder=TransformerSettings(str(directory), max_length=16, learning_rate=3e-3),
        alc=AlcSettings(width=16, feedforward=16, attention_heads=2),
        warmup_steps=2,
        precision="fp32",
    )
    steps: list[Step] = []
    export = TransformerModule.export
    trial = iter([True])
    monkeypatch.setattr(
        TransformerModule, "export", lambda self: None if next(trial, False) else export(self)
    )

    fitted = fit(shop, settings, steps.append)

    assert steps[-1].parts.base < steps[0].parts.base * 0.8
    served = fitted.encoder.encode(titles)
    assert (served * fitted.products).sum(axis=1).min() >= 0.9999
    best = (fitted.encoder.encode(shop.texts) @ served.T).argmax(axis=1)
    assert np.mean(shop.relevance[np.arange(len(best)), best]) > 0.6
