from __future__ import annotations

import numpy as np
import torch
from torch.nn import functional

from models.ngram.features import bags
from models.ngram.vocabulary import build_vocabulary
from training.encoders.ngram import NgramModule, NgramTexts, prepare_ngram
from training.encoders.settings import NgramSettings

TEXTS = ["neff oven 45l", "bosch fridge", "", "neff", "bosch bosch oven"]


def module(seed: int = 0) -> NgramModule:
    generator = torch.Generator().manual_seed(seed)
    built = NgramModule(build_vocabulary(bags(TEXTS)), NgramSettings(dimension=16), generator)
    torch.nn.init.normal_(built.residual, std=0.1, generator=generator)
    return built


def test_trained_and_served_embeddings_agree() -> None:
    trained = module()
    texts = NgramTexts(trained.vocabulary.rows(bags(TEXTS)))

    served = trained.export().encode(TEXTS)

    with torch.no_grad():
        raw = trained(*texts.select(np.arange(len(TEXTS))))
    cosines = (functional.normalize(raw, dim=1).numpy() * served).sum(axis=1)
    assert np.all(cosines[[0, 1, 3, 4]] >= 0.9999)
    assert not served[2].any()


def test_selected_bags_are_those_of_the_texts() -> None:
    hashed = bags(TEXTS)

    rows, offsets = NgramTexts(hashed).select(np.array([3, 0, 2]))

    expected = bags([TEXTS[3], TEXTS[0], TEXTS[2]])
    assert rows.tolist() == expected.buckets.tolist()
    assert offsets.tolist() == expected.offsets[:-1].tolist()


def test_an_untrained_encoder_already_matches_words() -> None:
    """Random vectors project the IDF-weighted counts: shared words mean similarity."""
    vectors = module().export().encode(["neff oven 45l", "neff oven", "bosch fridge"])

    assert vectors[0] @ vectors[1] > vectors[0] @ vectors[2] + 0.2


def test_hashing_tells_how_far_it_is() -> None:
    told: list[tuple[int, int]] = []

    prepare_ngram(NgramSettings(), TEXTS, 0, lambda done, total: told.append((done, total)))

    assert told == [(5, 5)]


def test_other_texts_are_read_by_the_vocabulary_of_the_first() -> None:
    prepared = prepare_ngram(NgramSettings(dimension=16), TEXTS, seed=0)
    others = ["unheard", "neff oven 45l"]

    rows = prepared.read(others).select(np.array([1, 0]))

    same = prepared.texts.select(np.array([0]))
    assert torch.equal(rows[0][: len(same[0])], same[0])
    served = prepared.encoder.export().encode(others)
    raw = prepared.encoder(*rows).detach()
    np.testing.assert_allclose(functional.normalize(raw, dim=1), served[[1, 0]], atol=1e-6)
