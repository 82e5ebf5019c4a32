from __future__ import annotations

from dataclasses import replace

import torch

from tests.training.losses.example import small_batch


def test_hardest_negatives_leave_out_every_right_label() -> None:
    batch = small_batch()

    columns, exists = batch.hardest_negatives(batch.similarities, 3)

    assert columns[0, :2].tolist() == [2, 1]
    assert columns[1, 0].item() == 2  # l0 is closer to q1 but right for it
    assert exists.tolist() == [[True, True, False], [True, False, False]]


def test_no_more_negatives_than_labels() -> None:
    batch = small_batch()

    columns, _ = batch.hardest_negatives(batch.similarities, 10)

    assert columns.shape == (2, 3)


def test_titles_and_raw_embeddings_take_the_place_of_the_labels() -> None:
    """By title the raw labels are the raw titles."""
    batch = small_batch()
    names = ("titles", "raw_queries", "raw_labels", "raw_titles")
    others = {name: torch.full((3, 2), float(i)) for i, name in enumerate(names)}
    whole = replace(batch, **others)

    assert whole.raw == replace(whole, queries=others["raw_queries"], labels=others["raw_labels"])
    by_title = whole.on_titles
    assert by_title.queries is batch.queries
    assert by_title.labels is others["titles"]
    assert by_title.raw.labels is others["raw_titles"]


def test_a_filtered_label_is_neither_right_nor_a_negative() -> None:
    filtered = torch.tensor([[False, False, True], [False, False, False]])
    batch = replace(small_batch(), filtered=filtered)

    columns, exists = batch.hardest_negatives(batch.similarities, 3)

    assert batch.wrong.tolist() == [[False, True, False], [False, False, True]]
    assert columns[0, 0].item() == 1
    assert exists.sum(dim=1).tolist() == [1, 1]
