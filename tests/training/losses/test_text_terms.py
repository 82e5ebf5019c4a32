from __future__ import annotations

from dataclasses import replace

import pytest
import torch
from torch import Tensor

from models.errors import ConfigurationError
from training.losses.batch import EmbeddedBatch
from training.losses.settings import TextTermSettings
from training.losses.text_terms import regulariser, text_terms

SETTINGS = TextTermSettings()


def batch() -> EmbeddedBatch:
    """Two queries, two labels; each label was sampled for the query of its number.

    q0 = (1, 0), q1 = (0, 1); labels l0 = (0.8, 0.6), l1 = (0, 1); titles t0 = (0.6, 0.8),
    t1 = (0.6, 0.8). Cosines of the labels and of the titles:

        q0: 0.8  0.0      q0: 0.6  0.6
        q1: 0.6  1.0      q1: 0.8  0.8
    """
    return EmbeddedBatch(
        queries=torch.tensor([[1.0, 0.0], [0.0, 1.0]]),
        labels=torch.tensor([[0.8, 0.6], [0.0, 1.0]]),
        relevance=torch.eye(2, dtype=torch.bool),
        positives=torch.tensor([0, 1]),
        titles=torch.tensor([[0.6, 0.8], [0.6, 0.8]]),
    )


def gap(one: EmbeddedBatch, cosines: Tensor) -> Tensor:
    """A base loss that is easy to follow: the mean of 1 - the positive's cosine."""
    return (1 - cosines.gather(1, one.positives[:, None])).mean()


def test_the_regulariser_asks_more_of_the_representation_than_of_the_title() -> None:
    """Positives: 0.6 - 0.8 + 0.1 < 0, 0.8 - 1.0 + 0.1 < 0: none is active.

    Negatives: q0 0.0 - 0.6 + 0.1 < 0, q1 0.6 - 0.8 + 0.1 < 0: none is active.
    """
    one = batch()
    cosines = one.queries @ _titles(one).T

    assert regulariser(one, cosines, one.similarities, SETTINGS).item() == 0

    swapped = regulariser(one, one.similarities, cosines, SETTINGS)
    # Roles exchanged: positives 0.3 and 0.3, negatives 0.6 - 0.0 + 0.1 and 0.8 - 0.6 + 0.1.
    assert swapped.item() == pytest.approx((0.3 + (0.7 + 0.3) / 2) / 2)


def test_only_pairs_that_do_not_obey_are_averaged() -> None:
    one = replace(batch(), labels=torch.tensor([[0.8, 0.6], [0.6, 0.8]]))
    # q0's positive obeys (0.6 - 0.8 + 0.1); q1's does not (0.8 - 0.8 + 0.1): R+ = 0.1.
    # q0's negative: 0.6 - 0.6 + 0.1; q1's: 0.6 - 0.8 + 0.1 obeys: R- = 0.1.
    value = regulariser(one, one.queries @ _titles(one).T, one.similarities, SETTINGS)

    assert value.item() == pytest.approx(0.1)


def test_the_parts_are_weighted_and_summed() -> None:
    """By title: 1 - (0.6 + 0.8)/2 = 0.3; with the roles swapped the same two cosines: 0.3."""
    one = batch()
    doubled = TextTermSettings(text_weight=2.0, swapped_weight=3.0, regulariser_weight=0.0)

    assert text_terms(one, one.similarities, gap, SETTINGS).item() == pytest.approx(0.3 + 0.3)
    assert text_terms(one, one.similarities, gap, doubled).item() == pytest.approx(5 * 0.3)


def test_margin_negatives_and_weight_of_the_regulariser_count() -> None:
    one = batch()
    cosines = one.queries @ _titles(one).T

    wide = regulariser(one, cosines, one.similarities, replace(SETTINGS, margin=0.5))
    # Positives 0.3, 0.3; negatives 0.0 - 0.6 + 0.5 obeys, 0.6 - 0.8 + 0.5 = 0.3.
    assert wide.item() == pytest.approx(0.3)
    weighted = text_terms(
        one,
        one.similarities,
        gap,
        TextTermSettings(text_weight=0, swapped_weight=0, regulariser_weight=2.0, margin=0.5),
    )
    assert weighted.item() == pytest.approx(0.6)


def test_a_swapped_batch_asks_each_label_for_the_first_query_it_was_sampled_for() -> None:
    one = EmbeddedBatch(
        queries=torch.zeros(3, 2),
        labels=torch.zeros(2, 2),
        relevance=torch.tensor([[False, True], [True, True], [False, True]]),
        positives=torch.tensor([1, 0, 1]),
    )

    swapped = one.transposed

    assert swapped.positives.tolist() == [1, 0]
    assert swapped.relevance.tolist() == [[False, True, False], [True, True, True]]


def test_weights_that_switch_everything_off_are_refused() -> None:
    with pytest.raises(ConfigurationError, match="leave text_terms out"):
        TextTermSettings(text_weight=0, swapped_weight=0, regulariser_weight=0)


def test_without_titles_there_is_nothing_to_compare() -> None:
    one = replace(batch(), titles=None)
    with pytest.raises(ConfigurationError, match="label representation"):
        text_terms(one, one.similarities, gap, SETTINGS)


def _titles(one: EmbeddedBatch) -> Tensor:
    assert one.titles is not None
    return one.titles
