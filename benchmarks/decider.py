"""Milliseconds that the decider adds to a batch of queries, beside its goals.

The trees are also summed by XGBoost itself, on the same features.

    python -m benchmarks.decider
    python -m benchmarks.decider --candidates 20 --trees 400

On the sample: its catalogue, and an encoder with random instead of trained vectors, which finds
similar texts well enough for the signals to be those of real queries. The trees are fitted on them.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Annotated

import numpy as np
import typer
import xgboost

from models.catalogue import Catalogue
from models.decider.decider import Decider
from models.decider.features.all import FEATURES, NAMES, features_of
from models.decider.known_queries import build_known_queries
from models.decider.lexicon import build_lexicon
from models.decider.pairs import CatalogueSide, catalogue_side, make_pairs
from models.decider.tokens import token_sets
from models.decider.trees import Trees
from models.encoder import Encoder, FloatMatrix
from models.index.base import Neighbours
from models.index.flat import FlatIndex
from models.ngram.features import bags
from models.ngram.runtime import NgramEncoder
from models.runtime import Runtime
from training.data.dataset import Dataset
from training.data.pricerunner import load_pricerunner

DIMENSION = 256
FITTED_ON = 3_000  # queries
KNOWN_QUERIES = 16  # of a product, at most
LEAVES = 31
LEARNING_RATE = 0.1
GOALS = {1: 0.5, 64: 8.0}  # batch -> milliseconds
WARM_UP = 3


@dataclass(frozen=True, slots=True)
class Batch:
    """Queries with what the search found for them: all that a decider is given."""

    texts: tuple[str, ...]
    attributes: tuple[dict[str, str], ...]
    embeddings: FloatMatrix
    found: Neighbours


def main(
    candidates: Annotated[int, typer.Option(help="Products that are judged of a query.")] = 10,
    trees: int = 150,
    rounds: Annotated[int, typer.Option(help="Batches that are timed, per size.")] = 200,
    seed: int = 0,
) -> None:
    """Measure and print."""
    data = load_pricerunner()
    random = np.random.default_rng(seed)
    order = random.permutation(len(data))
    runtime = _runtime(data, random)
    side = _side(data, runtime.encoder)
    fitted_on = _batch(data, order[:FITTED_ON], runtime, candidates)
    fitted = _trees(fitted_on, data.relevance[order[:FITTED_ON]].indices, side, trees)
    decider = Decider(candidates, fitted, side, encoder_digest="")
    print(f"{trees} trees of {LEAVES} leaves, {len(FEATURES)} signals, {candidates} candidates,")
    print(f"{len(data.products):,} products, one thread; median of {rounds} batches, milliseconds")
    print(
        f"\n{'queries':>7} {'time of':>9} {'features':>9} {'trees':>7} {'both':>7} {'goal':>6}"
        f" {'XGBoost':>9} {'ratio':>6}"
    )
    for size, goal in GOALS.items():
        drawn = [random.choice(order[FITTED_ON:], size) for _ in range(WARM_UP + rounds)]
        batches = [_batch(data, rows, runtime, candidates) for rows in drawn]
        for name, clock in (("processor", time.process_time), ("clock", time.perf_counter)):
            features, judged, both, library = _milliseconds(decider, batches, clock)
            print(
                f"{size:>7} {name:>9} {features:>9.3f} {judged:>7.3f} {both:>7.3f} {goal:>6.1f}"
                f" {library:>9.3f} {library / judged:>6.1f}"
            )


def _runtime(data: Dataset, random: np.random.Generator) -> Runtime:
    titles = [product.title for product in data.products]
    used = np.unique(bags([*titles, *data.texts]).buckets)
    vectors = random.standard_normal((len(used), DIMENSION), dtype=np.float32)
    residual = np.zeros((DIMENSION, DIMENSION), dtype=np.float32)
    encoder = NgramEncoder.from_parts(used, vectors, residual)
    index = FlatIndex.empty(DIMENSION)
    index.add(np.arange(len(titles)), encoder.encode(titles))
    return Runtime(encoder, index, Catalogue(data.products))


def _side(data: Dataset, encoder: Encoder) -> CatalogueSide:
    """Return the side of the catalogue, with the first queries of each product as known ones."""
    answers = data.relevance.indices
    by_product = np.argsort(answers, kind="stable")
    counts = np.bincount(answers, minlength=len(data.products))
    kept = np.minimum(counts, KNOWN_QUERIES)
    places = np.arange(len(answers)) - np.repeat(np.cumsum(counts) - counts, counts)
    rows = by_product[places < KNOWN_QUERIES]
    embeddings = encoder.encode([data.texts[row] for row in rows.tolist()])
    offsets = np.concatenate([[0], np.cumsum(kept)])
    titles = [product.title for product in data.products]
    lexicon = build_lexicon([token_sets(titles), token_sets(data.texts)])
    known = build_known_queries(embeddings, offsets, counts)
    return catalogue_side(data.products, lexicon, known)


def _batch(data: Dataset, rows: np.ndarray, runtime: Runtime, candidates: int) -> Batch:
    texts = tuple(data.texts[row] for row in rows.tolist())
    attributes = tuple({"category": data.categories[row]} for row in rows.tolist())
    embeddings = runtime.encoder.encode(texts)
    return Batch(texts, attributes, embeddings, runtime.nearest(embeddings, candidates))


def _features(batch: Batch, side: CatalogueSide) -> FloatMatrix:
    pairs = make_pairs(batch.texts, batch.attributes, batch.embeddings, batch.found, side)
    return features_of(pairs).reshape(-1, len(FEATURES))


def _trees(batch: Batch, answers: np.ndarray, side: CatalogueSide, count: int) -> Trees:
    right = (batch.found.rows == answers[:, None]).ravel()
    matrix = xgboost.DMatrix(_features(batch, side), right, feature_names=list(NAMES), nthread=1)
    parameters = {
        "objective": "binary:logistic",
        "grow_policy": "lossguide",
        "max_depth": 0,
        "max_leaves": LEAVES,
        "min_child_weight": 0,
        "learning_rate": LEARNING_RATE,
        "nthread": 1,
    }
    return Trees(xgboost.train(parameters, matrix, count), slope=1.0, shift=0.0)


def _milliseconds(
    decider: Decider, batches: Sequence[Batch], clock: Callable[[], float]
) -> tuple[float, ...]:
    """Return the medians of features, trees, the whole decision, and the trees by XGBoost."""
    taken = []
    for batch in batches:
        started = clock()
        features = _features(batch, decider.side)
        between = clock()
        decider.trees.forest.sums(features)
        judged = clock()
        decider.decide(batch.texts, batch.attributes, batch.embeddings, batch.found)
        taken.append([between - started, judged - between, clock() - judged])
    # By itself: it would push the rest out of the cache.
    for batch, row in zip(batches, taken, strict=True):
        features = _features(batch, decider.side)
        started = clock()
        decider.trees.booster.inplace_predict(
            features, predict_type="margin", validate_features=False, missing=np.nan
        )
        row.append(clock() - started)
    return tuple((1_000 * np.median(taken[WARM_UP:], axis=0)).tolist())


if __name__ == "__main__":
    typer.run(main)
