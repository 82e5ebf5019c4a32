"""Which queries are similar enough to share a batch."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import torch

from models.encoder import FloatMatrix
from training.data.dataset import Rows
from training.sampling.balanced import balanced_clusters
from training.sampling.settings import SamplerSettings


@dataclass(frozen=True, slots=True, eq=False)
class Clusters:
    """A division of all query rows: `order` cut at `ends`, made for this size in this epoch."""

    order: Rows
    ends: Rows
    size: int
    epoch: int

    def shuffled(self, generator: np.random.Generator) -> Rows:
        """Return all rows, whole clusters in random order."""
        parts = np.split(self.order, self.ends[:-1])
        return np.concatenate([parts[i] for i in generator.permutation(len(parts))])

    def state(self) -> dict[str, Any]:
        """Return what `of_state` takes, as tensors and plain values."""
        order, ends = torch.from_numpy(self.order), torch.from_numpy(self.ends)
        return {"order": order, "ends": ends, "size": self.size, "epoch": self.epoch}

    @classmethod
    def of_state(cls, state: dict[str, Any]) -> Clusters:
        """Return the clusters that `state` was called on."""
        order, ends = state["order"].numpy(), state["ends"].numpy()
        return cls(order, ends, state["size"], state["epoch"])


def is_due(clusters: Clusters | None, epoch: int, settings: SamplerSettings) -> bool:
    """Return whether this epoch needs new clusters; random batches need none."""
    size = settings.size_at(epoch)
    if size == 1:
        return False
    if clusters is None or clusters.size != size:
        return True
    return epoch - clusters.epoch >= settings.refresh_every


def cluster_queries(
    vectors: FloatMatrix, epoch: int, settings: SamplerSettings, generator: np.random.Generator
) -> Clusters:
    """Return balanced clusters of at most the epoch's size of the unit embeddings (n, d)."""
    size = settings.size_at(epoch)
    parts = balanced_clusters(vectors, size, generator)
    return Clusters(np.concatenate(parts), np.cumsum([len(part) for part in parts]), size, epoch)


def batch_rows(
    queries: int, clusters: Clusters | None, batch_size: int, generator: np.random.Generator
) -> list[Rows]:
    """Return the rows of each batch of an epoch; each query is in one of them.

    NGAME (Dahiya et al., WSDM 2023): whole clusters in random order, cut into batches, so that the
    negatives in a batch are hard without being searched for. Without clusters, at random.
    """
    order = clusters.shuffled(generator) if clusters else generator.permutation(queries)
    return [order[start : start + batch_size] for start in range(0, queries, batch_size)]
