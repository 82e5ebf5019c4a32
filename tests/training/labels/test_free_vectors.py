from __future__ import annotations

import torch

from tests.training.labels.shelf import shelf
from training.labels.free_vectors import FreeVectorLabels
from training.labels.settings import FreeVectorLabelSettings, VectorTableSettings


def test_a_product_is_the_unit_title_and_its_vector_made_a_unit_vector() -> None:
    """The title (0, 2) becomes (0, 1); with v = (0.75, 0): (0.75, 1), of length 1.25."""
    labels = FreeVectorLabels(
        shelf(), FreeVectorLabelSettings(vectors=VectorTableSettings(private_vectors=5))
    )
    labels.vectors.table.data = torch.tensor([[0.0, 0.0], [0.75, 0.0]] + [[9.0, 9.0]] * 3)

    found = labels(torch.tensor([[0.0, 2.0], [3.0, 4.0]]), torch.tensor([1, 0]))

    torch.testing.assert_close(found.raw, torch.tensor([[0.75, 1.0], [0.6, 0.8]]))
    torch.testing.assert_close(found.final, torch.tensor([[0.6, 0.8], [0.6, 0.8]]))
    torch.testing.assert_close(found.text, torch.tensor([[0.0, 1.0], [0.6, 0.8]]))


def test_the_vectors_are_what_is_trained() -> None:
    labels = FreeVectorLabels(shelf(), FreeVectorLabelSettings())

    trained = [one for group in labels.parameter_groups() for one in group.parameters]

    assert trained == list(labels.parameters())
