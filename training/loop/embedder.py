"""Texts through the encoder, whatever the memory and the number of processes.

The encoder is cut off from the loss at the embeddings: the loss gives their gradient, and the
texts are then passed through the encoder with that gradient, a few at a time where memory is short
(gradient caching, Gao et al., RepL4NLP 2021) and each process with its own share.
"""

from __future__ import annotations

from contextlib import AbstractContextManager, nullcontext
from typing import Any

import torch
from torch import Tensor, nn

from training.data.dataset import Rows
from training.encoders.base import EncoderModule, TextStore
from training.loop.ranks import Ranks, share
from training.settings import TrainingSettings

EMBEDDED_AT_ONCE = 1024


class Embedder:
    """The encoder of a run, its texts, and the device that both are computed on."""

    def __init__(
        self, encoder: EncoderModule, texts: TextStore, settings: TrainingSettings, ranks: Ranks
    ) -> None:
        self.device = device_of(settings.device)
        self.encoder = encoder.to(self.device)
        self.texts, self.ranks = texts, ranks
        self.called = ranks.wrap(self.encoder)
        self.micro_batch = settings.micro_batch
        self.half = _half_precision(settings, self.device)

    def embed(self, rows: Rows, texts: TextStore | None = None) -> Tensor:
        """Return raw embeddings (rows, d) under the present weights, without gradients.

        `texts` are others than those of the run. Each rank embeds its share, in full precision:
        what is served has no other.
        """
        own = rows[share(len(rows), self.ranks.rank, self.ranks.count)]
        self.encoder.eval()
        with torch.no_grad():
            parts = [self._embedded(part, texts) for part in _parts(own, EMBEDDED_AT_ONCE)]
        self.encoder.train()
        none = torch.empty((0, self.encoder.dimension), device=self.device)
        return self.ranks.gather(torch.cat([none, *parts]), len(rows))

    def start(self, rows: Rows, seed: int) -> Pass:
        """Return a pass of a batch's texts in training; the seed draws what is dropped out."""
        return Pass(self, rows, seed)

    def through(self, rows: Rows) -> Tensor:
        """Return what the encoder makes of the texts in training."""
        with torch.autocast(self.device.type, torch.bfloat16, enabled=self.half):
            embeddings: Tensor = self.called(*self._inputs(self.texts, rows))
        return embeddings.float()

    def _embedded(self, rows: Rows, texts: TextStore | None) -> Tensor:
        embeddings: Tensor = self.encoder(
            *self._inputs(self.texts if texts is None else texts, rows)
        )
        return embeddings.float()

    def _inputs(self, texts: TextStore, rows: Rows) -> list[Tensor]:
        return [one.to(self.device) for one in texts.select(rows)]


class Pass:
    """One batch's way through the encoder, and the way back of the gradient."""

    def __init__(self, embedder: Embedder, rows: Rows, seed: int) -> None:
        self._embedder, self._seed = embedder, seed
        self._own = share(len(rows), embedder.ranks.rank, embedder.ranks.count)
        own = rows[self._own]
        # Every rank takes part in the sharing of gradients, one without a text of its own as well.
        passing = own if len(own) else rows[:1]
        self._parts = _parts(passing, embedder.micro_batch or len(passing))
        self._cached = len(self._parts) > 1
        with torch.set_grad_enabled(not self._cached):
            self._outputs = [self._part(i) for i in range(len(self._parts))]
        embeddings = torch.cat(self._outputs).detach()[: len(own)]
        self.embeddings = embedder.ranks.gather(embeddings, len(rows)).requires_grad_()

    def backward(self) -> None:
        """Take the gradient that is now at `embeddings` on to the encoder's parameters."""
        gradients = torch.split(self._own_gradient(), [len(part) for part in self._parts])
        for i, gradient in enumerate(gradients):
            with self._shared_at_the_end(last=i + 1 == len(gradients)):
                output = self._part(i) if self._cached else self._outputs[i]
                torch.autograd.backward([output], [gradient])
        self._embedder.ranks.average_sparse_gradients(self._embedder.encoder)

    def _own_gradient(self) -> Tensor:
        assert self.embeddings.grad is not None
        # Gradients are averaged over the ranks, and each rank has but its share of the texts.
        own = self.embeddings.grad[self._own] * self._embedder.ranks.count
        return own if len(own) else torch.zeros_like(self.embeddings.grad[:1])

    def _part(self, i: int) -> Tensor:
        # The same seed drops the same out when a part passes a second time.
        ranks = self._embedder.ranks
        torch.manual_seed((self._seed + i) * ranks.count + ranks.rank)
        return self._embedder.through(self._parts[i])

    def _shared_at_the_end(self, *, last: bool) -> AbstractContextManager[Any]:
        called = self._embedder.called
        if last or not isinstance(called, nn.parallel.DistributedDataParallel):
            return nullcontext()
        return called.no_sync()


def device_of(device: str) -> torch.device:
    """Return the device; `auto` is a GPU where there is one."""
    if device == "auto":
        return torch.device("cuda" if torch.cuda.is_available() else "cpu")
    return torch.device(device)


def _half_precision(settings: TrainingSettings, device: torch.device) -> bool:
    return settings.precision == "bf16" or (settings.precision == "auto" and device.type == "cuda")


def _parts(rows: Rows, size: int) -> list[Rows]:
    return [rows[start : start + size] for start in range(0, len(rows), size)]
