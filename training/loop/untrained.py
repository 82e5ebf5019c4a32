"""What the encoder told apart before it was trained, for comparison."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np
from torch.nn import functional

from models.encoder import FloatMatrix
from training.data.dataset import Dataset, Rows
from training.encoders.base import TextStore
from training.evaluation.separation import (
    PRODUCT_BLOCK,
    ScoreBlock,
    Separation,
    embedding_blocks,
    separation,
)
from training.loop.engine import Engine


def untrained_separation(engine: Engine, queries: Dataset, texts: TextStore) -> Separation:
    """Return the right and the wrong scores of these queries under the encoder's present weights.

    A product is its title, whatever its label representation will add. `texts` are those of the
    queries. Titles and queries are embedded once; all ranks take part.
    """
    asked = _unit(engine, np.arange(len(queries)), texts)
    return separation(_blocks(engine, asked), queries.relevance, queries.filtered)


def _blocks(engine: Engine, asked: FloatMatrix) -> Iterator[ScoreBlock]:
    examples = engine.examples
    for start in range(0, examples.products, PRODUCT_BLOCK):
        products = np.arange(start, min(start + PRODUCT_BLOCK, examples.products))
        titles = _unit(engine, examples.titles(products))
        for block in embedding_blocks(asked, titles):
            yield replace(block, first_product=start + block.first_product)


def _unit(engine: Engine, rows: Rows, texts: TextStore | None = None) -> FloatMatrix:
    raw = engine.embedder.embed(rows, texts)
    vectors: FloatMatrix = functional.normalize(raw, dim=1).cpu().numpy()
    return vectors
