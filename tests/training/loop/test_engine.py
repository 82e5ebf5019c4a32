from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import torch
from torch import Tensor
from torch.nn import functional

from tests.training.loop.runs import PROTOTYPES, SETTINGS
from tests.training.products import small_shop
from training.examples import build_examples, sample_batch
from training.labels.settings import FreeVectorLabelSettings, LabelSettings
from training.loop.fit import _engine
from training.loop.ranks import SingleRank
from training.losses.batch import EmbeddedBatch
from training.losses.parts import LossTensors
from training.objective import Objective
from training.sampling.positives import build_positives


class Seen(Objective):
    """Keeps the batches that it is given."""

    batches: list[EmbeddedBatch]

    def forward(self, batch: EmbeddedBatch) -> tuple[Tensor, LossTensors]:
        self.batches = [batch]
        return super().forward(batch)


@pytest.mark.parametrize("micro_batch", [None, 7])
@pytest.mark.parametrize(
    "labels",
    [SETTINGS.labels, FreeVectorLabelSettings(), PROTOTYPES.labels],
    ids=lambda one: one.kind,
)
def test_the_losses_see_raw_embeddings_beside_the_unit_ones(
    labels: LabelSettings, micro_batch: int | None
) -> None:
    settings = replace(SETTINGS, labels=labels, micro_batch=micro_batch)
    prepared, examples = build_examples(small_shop(), settings.encoder, settings.seed)
    engine = _engine(prepared.encoder, examples, settings, SingleRank())
    with torch.no_grad():
        prepared.encoder.get_parameter("residual").normal_()  # at zero, raw embeddings are units
    engine.objective = seen = Seen(settings, prepared.encoder.dimension)
    positives = build_positives(examples.relevance, settings.sampler)
    batch = sample_batch(examples, np.arange(64), positives, np.random.default_rng(0))

    engine.backward(batch, seed=0)

    (one,) = seen.batches
    for raw, unit in (
        (one.raw_queries, one.queries),
        (one.raw_labels, one.labels),
        (one.raw_titles, one.titles),
    ):
        assert raw is not None
        assert unit is not None
        assert raw.requires_grad
        torch.testing.assert_close(functional.normalize(raw, dim=1), unit)
        assert not torch.allclose(raw, unit, atol=1e-2)
