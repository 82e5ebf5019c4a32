"""The trainable n-gram encoder: IDF-weighted EmbeddingBag, residual layer, unit norm."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor, nn
from torch.nn import functional

from models.ngram.features import Bags
from models.ngram.vocabulary import Vocabulary
from training.encoders.bag_sum import bag_sum


class NgramModule(nn.Module):
    """h = norm(x + W x) with x = norm(sum over features of idf * embedding).

    With random embeddings x approximates the cosine of IDF-weighted n-gram counts (random
    projection), so that training starts from a lexical match rather than from nothing.
    """

    def __init__(self, vocabulary: Vocabulary, dimension: int, generator: torch.Generator) -> None:
        super().__init__()
        self.vocabulary = vocabulary
        table = torch.randn(len(vocabulary), dimension, generator=generator)
        self.table = nn.Parameter(table / dimension**0.5)
        self.residual = nn.Parameter(torch.zeros(dimension, dimension))
        self.idf: Tensor
        self.register_buffer("idf", torch.from_numpy(vocabulary.idf))

    @property
    def dimension(self) -> int:
        return self.table.shape[1]

    def forward(self, rows: Tensor, offsets: Tensor) -> Tensor:
        """Return embeddings (texts, dimension) of bags given as table rows and start offsets."""
        summed = bag_sum(self.table, rows, offsets, self.idf)
        unit = functional.normalize(summed, dim=1)
        return functional.normalize(unit + unit @ self.residual, dim=1)


def select(bags: Bags, texts: npt.NDArray[np.int64]) -> tuple[Tensor, Tensor]:
    """Return the features of the given texts as EmbeddingBag input: flat rows and start offsets."""
    starts, stops = bags.offsets[texts], bags.offsets[texts + 1]
    lengths = stops - starts
    offsets = np.concatenate(([0], np.cumsum(lengths)))
    flat = np.arange(offsets[-1]) + np.repeat(starts - offsets[:-1], lengths)
    return torch.from_numpy(bags.buckets[flat]), torch.from_numpy(offsets[:-1])
