"""The trainable n-gram encoder: IDF-weighted sum of embeddings and a residual layer."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional

from models.ngram.features import Bags, bags
from models.ngram.runtime import NgramEncoder
from models.ngram.vocabulary import Vocabulary, build_vocabulary
from training.encoders.bag_sum import bag_sum
from training.encoders.base import EncoderModule, Inputs, ParameterGroup, Prepared, Rows
from training.encoders.mapped import hash_texts, renumber
from training.encoders.settings import NgramSettings


class NgramModule(EncoderModule):
    """x + W x with x = norm(sum over features of idf * embedding).

    With random embeddings x approximates the cosine of IDF-weighted n-gram counts (random
    projection), so that training starts from a lexical match rather than from nothing.
    """

    def __init__(
        self, vocabulary: Vocabulary, settings: NgramSettings, generator: torch.Generator
    ) -> None:
        super().__init__()
        self.vocabulary = vocabulary
        self.settings = settings
        table = torch.randn(len(vocabulary), settings.dimension, generator=generator)
        self.table = nn.Parameter(table / settings.dimension**0.5)
        self.residual = nn.Parameter(torch.zeros(settings.dimension, settings.dimension))
        self.idf: Tensor
        self.register_buffer("idf", torch.from_numpy(vocabulary.idf))

    @property
    def dimension(self) -> int:
        return self.settings.dimension

    def forward(self, *inputs: Tensor) -> Tensor:
        """Return raw embeddings of bags given as flat table rows and start offsets."""
        rows, offsets = inputs
        summed = bag_sum(self.table, rows, offsets, self.idf)
        unit = functional.normalize(summed, dim=1)
        return unit + unit @ self.residual

    def parameter_groups(self) -> tuple[ParameterGroup, ...]:
        # Only the rows of a batch have gradients: dense Adam would touch the whole table.
        return (
            ParameterGroup((self.table,), self.settings.table_learning_rate, sparse=True),
            ParameterGroup(
                (self.residual,), self.settings.learning_rate, self.settings.weight_decay
            ),
        )

    def export(self) -> NgramEncoder:
        weighted = self.table.detach() * self.idf[:, None]
        return NgramEncoder.from_parts(
            self.vocabulary.buckets,
            weighted.cpu().numpy(),
            self.residual.detach().cpu().numpy(),
        )


@dataclass(frozen=True, slots=True, eq=False)
class NgramTexts:
    """Texts as bags of table rows; none is cut."""

    bags: Bags
    cut: None = None

    def __len__(self) -> int:
        return len(self.bags)

    def select(self, rows: Rows) -> Inputs:
        """Return flat table rows, and where each text starts in them."""
        starts, stops = self.bags.offsets[rows], self.bags.offsets[rows + 1]
        lengths = stops - starts
        offsets = np.concatenate(([0], np.cumsum(lengths)))
        flat = np.arange(offsets[-1]) + np.repeat(starts - offsets[:-1], lengths)
        chosen = self.bags.buckets[flat].astype(np.int64)
        return torch.from_numpy(chosen), torch.from_numpy(offsets[:-1])


def prepare_ngram(
    settings: NgramSettings,
    texts: Sequence[str],
    seed: int,
    on_texts: Callable[[int, int], None] | None = None,
    directory: Path | None = None,
) -> Prepared:
    """Return an encoder whose vocabulary is that of the texts, and the texts.

    `on_texts` is told how many texts are hashed, and of how many; `hash_texts` says where they are
    kept.
    """
    hashed = hash_texts(texts, on_texts, directory)
    vocabulary = build_vocabulary(hashed)
    generator = torch.Generator().manual_seed(seed)
    return Prepared(
        NgramModule(vocabulary, settings, generator),
        NgramTexts(renumber(hashed, vocabulary)),
        read=lambda others: NgramTexts(vocabulary.rows(bags(others))),
    )
