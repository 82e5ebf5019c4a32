from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import pytest
import torch
from torch import Tensor, nn
from torch.nn import functional

from models.encoder import Encoder
from tests.training.loop.runs import SETTINGS, run
from tests.training.products import small_shop
from training.data.dataset import Rows
from training.encoders.base import EncoderModule, Inputs, ParameterGroup
from training.loop.embedder import Embedder
from training.loop.fit import fit
from training.loop.ranks import Ranks, SingleRank, share
from training.settings import TrainingSettings

FULL = TrainingSettings(device="cpu", precision="fp32")
TEXTS = 12


@dataclass(frozen=True, slots=True, eq=False)
class Numbers:
    """Texts that are a number each."""

    values: Tensor
    cut: None = None

    def __len__(self) -> int:
        return len(self.values)

    def select(self, rows: Rows) -> Inputs:
        return (self.values[torch.from_numpy(rows)],)


class Scaled(EncoderModule):
    """Each text's number times a weight, half of the places dropped out."""

    def __init__(self) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.tensor(2.0))

    @property
    def dimension(self) -> int:
        return 4

    def forward(self, *inputs: Tensor) -> Tensor:
        spread = inputs[0][:, None].expand(-1, 4)
        return functional.dropout(spread, 0.5, self.training) * self.weight

    def parameter_groups(self) -> tuple[ParameterGroup, ...]:
        return (ParameterGroup((self.weight,), 0.1),)

    def export(self) -> Encoder:
        raise NotImplementedError


class OneOf(SingleRank):
    """One of several ranks, without the others: their embeddings are zero."""

    def __init__(self, rank: int, count: int) -> None:
        self.rank, self.count = rank, count

    def gather(self, own: Tensor, rows: int) -> Tensor:
        gathered = own.new_zeros(rows, own.shape[1])
        gathered[share(rows, self.rank, self.count)] = own
        return gathered


def embedder(settings: TrainingSettings = FULL, ranks: Ranks | None = None) -> Embedder:
    numbers = Numbers(torch.arange(1.0, TEXTS + 1))
    return Embedder(Scaled(), numbers, settings, ranks or SingleRank())


def weight_of(one: Embedder) -> nn.Parameter:
    assert isinstance(one.encoder, Scaled)
    return one.encoder.weight


@pytest.mark.parametrize("micro_batch", [None, 5, 1])
def test_the_way_back_drops_out_what_the_way_there_did(micro_batch: int | None) -> None:
    """The embedding of a kept place is 2 number weight, its derivative embedding / weight."""
    one = embedder(replace(FULL, micro_batch=micro_batch))
    gradient = torch.randn(TEXTS, 4, generator=torch.Generator().manual_seed(0))

    passed = one.start(np.arange(TEXTS), seed=3)
    passed.embeddings.grad = gradient
    torch.manual_seed(99)  # what the loss draws in between changes nothing
    passed.backward()

    weight = weight_of(one)
    assert 0 < int((passed.embeddings == 0).sum()) < passed.embeddings.numel()
    assert weight.grad is not None
    expected = (passed.embeddings / weight * gradient).sum()
    torch.testing.assert_close(weight.grad, expected.detach())


def test_another_seed_drops_out_something_else() -> None:
    one = embedder()
    passes = [one.start(np.arange(TEXTS), seed).embeddings for seed in (1, 1, 2)]

    assert torch.equal(passes[0], passes[1])
    assert not torch.equal(passes[0], passes[2])


@pytest.mark.parametrize("micro_batch", [None, 1])
@pytest.mark.parametrize("texts", [12, 5, 2])
def test_the_mean_over_ranks_is_the_gradient_of_all_texts(
    texts: int, micro_batch: int | None
) -> None:
    """Of two texts, one of three ranks gets none."""
    settings = replace(FULL, micro_batch=micro_batch)
    gradients, embeddings = [], []
    for rank in range(3):
        one = embedder(settings, OneOf(rank, 3))
        passed = one.start(np.arange(texts), seed=0)
        passed.embeddings.grad = torch.ones(texts, 4)
        passed.backward()
        gradient = weight_of(one).grad
        assert gradient is not None
        gradients.append(gradient)
        embeddings.append(passed.embeddings.detach())

    expected = torch.stack(embeddings).sum() / 2.0
    torch.testing.assert_close(torch.stack(gradients).mean(), expected)


def test_embedding_drops_nothing_out_and_goes_on_training() -> None:
    one = embedder()

    found = one.embed(np.array([0, 11]))

    torch.testing.assert_close(found, torch.tensor([[2.0], [24.0]]).expand(2, 4))
    assert one.encoder.training


def test_other_texts_can_be_embedded() -> None:
    found = embedder().embed(np.array([0]), Numbers(torch.tensor([100.0])))

    torch.testing.assert_close(found, torch.full((1, 4), 200.0))


def test_half_precision_changes_the_numbers_only_slightly() -> None:
    full, half = (run(replace(SETTINGS, precision=precision)) for precision in ("fp32", "bf16"))

    assert full.losses != half.losses
    bases = [np.array([one.base for one in found.losses]) for found in (full, half)]
    np.testing.assert_allclose(bases[0], bases[1], rtol=0.02)
    cosines = (full.products * half.products).sum(dim=1)
    assert cosines.min() > 0.999


def test_what_is_searched_is_as_precise_as_what_is_served() -> None:
    shop = small_shop()

    fitted = fit(shop, replace(SETTINGS, precision="bf16"), lambda _: None)

    titles = fitted.encoder.encode([product.title for product in shop.products])
    np.testing.assert_allclose(fitted.products, titles, atol=1e-6)


@pytest.mark.parametrize(("rows", "count"), [(10, 1), (10, 3), (2, 3), (0, 2)])
def test_shares_cover_all_rows_and_differ_by_one(rows: int, count: int) -> None:
    shares = [share(rows, rank, count) for rank in range(count)]

    covered = [row for one in shares for row in range(rows)[one]]
    assert covered == list(range(rows))
    assert len({one.stop - one.start for one in shares}) <= 2
