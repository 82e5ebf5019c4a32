"""Deciders whose trees learnt from random numbers, as fast as trees can be fitted."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import xgboost

from models.decider.decider import Decider
from models.decider.features.all import FEATURES, NAMES
from models.decider.files import encoder_digest
from models.decider.known_queries import build_known_queries
from models.decider.lexicon import build_lexicon
from models.decider.pairs import CatalogueSide, catalogue_side
from models.decider.tokens import token_sets
from models.decider.trees import Trees
from models.encoder import Encoder, FloatMatrix
from models.runtime import Runtime

ROUNDS = 10


def random_features(count: int, seed: int = 0) -> FloatMatrix:
    """Return features of every size that real ones have, a tenth of them missing."""
    random = np.random.default_rng(seed)
    values = random.normal(1, 2, (count, len(FEATURES))).astype(np.float32)
    values[random.random(values.shape) < 0.1] = np.nan
    return values


@cache
def random_trees(slope: float = 1.0, shift: float = 0.0) -> Trees:
    """Return trees that use every feature, monotone where the features say so."""
    features = random_features(2_000)
    signs = np.array([feature.direction or 1 for feature in FEATURES])
    sums = np.nan_to_num(features) @ signs
    matrix = xgboost.DMatrix(features, sums > np.median(sums), feature_names=list(NAMES))
    directions = ",".join(str(feature.direction) for feature in FEATURES)
    parameters = {
        "objective": "binary:logistic",
        "max_depth": 5,
        "learning_rate": 0.5,
        "monotone_constraints": f"({directions})",
        "nthread": 1,
    }
    return Trees(xgboost.train(parameters, matrix, ROUNDS), slope, shift)


def trees_of_one(feature: str) -> Trees:
    """Return trees for which a pair is right where this feature is above 0.5."""
    column = np.linspace(-1, 4, 500, dtype=np.float32)
    column[::5] = np.nan
    features = np.zeros((len(column), len(FEATURES)), np.float32)
    features[:, NAMES.index(feature)] = column
    matrix = xgboost.DMatrix(features, column > 0.5, feature_names=list(NAMES))
    parameters = {"objective": "binary:logistic", "max_depth": 3, "nthread": 1}
    return Trees(xgboost.train(parameters, matrix, ROUNDS), slope=1.0, shift=0.0)


def deciding_runtime(
    runtime: Runtime, *, trees: Trees | None = None, candidates: int = 10, known: int = 0
) -> Runtime:
    """Return the runtime with a decider that knows the titles of the first products as queries."""
    products = runtime.catalogue.products
    titles = [product.title for product in products]
    counts = (np.arange(len(products)) < known).astype(int)
    queries = build_known_queries(
        runtime.encoder.encode(titles[:known]), np.concatenate([[0], np.cumsum(counts)]), counts
    )
    side = catalogue_side(products, build_lexicon([token_sets(titles)]), queries)
    judging = decider(side, trees=trees, candidates=candidates, digest=digest_of(runtime.encoder))
    return replace(runtime, decider=judging)


def digest_of(encoder: Encoder) -> str:
    with TemporaryDirectory() as directory:
        encoder.save(Path(directory))
        return encoder_digest(Path(directory))


def decider(
    side: CatalogueSide,
    *,
    candidates: int = 10,
    trees: Trees | None = None,
    digest: str = "0" * 64,
) -> Decider:
    return Decider(candidates, trees or random_trees(), side, digest)
