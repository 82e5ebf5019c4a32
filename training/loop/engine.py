"""The loss of one batch, and its gradients."""

from __future__ import annotations

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional

from training.data.dataset import Rows
from training.examples import Batch, Examples
from training.labels.base import LabelEmbeddings, LabelModule
from training.loop.embedder import Embedder
from training.losses.batch import EmbeddedBatch
from training.losses.parts import LossTensors
from training.objective import Objective


class Engine:
    """Encoder, label representation and losses of a run."""

    def __init__(
        self, examples: Examples, embedder: Embedder, labels: LabelModule, objective: Objective
    ) -> None:
        self.examples, self.embedder = examples, embedder
        self.device = embedder.device
        self.labels = labels.to(self.device)
        self.objective = objective.to(self.device)

    @property
    def modules(self) -> tuple[nn.Module, ...]:
        """Return all that is trained."""
        return self.embedder.encoder, self.labels, self.objective

    def backward(self, batch: Batch, seed: int) -> tuple[LossTensors, Tensor]:
        """Add the gradients of the batch's loss to all parameters.

        Returns the parts of the loss and the unit embeddings (B, d) of the queries. The seed draws
        what is dropped out.
        """
        texts = np.concatenate([batch.queries, self.examples.titles(batch.products)])
        passed = self.embedder.start(texts, seed)
        torch.manual_seed(seed)  # labels and heads drop out alike on every rank
        embedded = self._embedded(passed.embeddings, batch)
        loss, losses = self.objective(embedded)
        loss.backward()
        passed.backward()
        return losses, embedded.queries.detach()

    def product_embeddings(self, products: Rows) -> LabelEmbeddings:
        """Return the label representation of these product rows, without gradients."""
        self.labels.eval()
        with torch.no_grad():
            raw = self.embedder.embed(self.examples.titles(products))
            found: LabelEmbeddings = self.labels(raw, torch.from_numpy(products).to(self.device))
        self.labels.train()
        return found

    def query_embeddings(self) -> Tensor:
        """Return the unit embeddings (n, d) of all training queries, without gradients."""
        raw = self.embedder.embed(np.arange(len(self.examples)))
        return functional.normalize(raw, dim=1)

    def _embedded(self, embeddings: Tensor, batch: Batch) -> EmbeddedBatch:
        raw_queries, raw_titles = embeddings.tensor_split([len(batch.queries)])
        products = torch.from_numpy(batch.products).to(self.device)
        labels: LabelEmbeddings = self.labels(raw_titles, products)
        return EmbeddedBatch(
            queries=functional.normalize(raw_queries, dim=1),
            labels=labels.final,
            relevance=batch.relevance.to(self.device),
            positives=batch.positives.to(self.device),
            titles=labels.text,
            filtered=None if batch.filtered is None else batch.filtered.to(self.device),
            raw_queries=raw_queries,
            raw_labels=labels.raw,
            raw_titles=raw_titles,
        )
