"""A real decider in milliseconds: a few trees fitted on offers of the small catalogue.

What they learn is that an equal GTIN speaks for a product and another one against it, whatever the
texts say; without a GTIN the texts decide.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import xgboost

from models.bundle.bundle import BundleContents
from models.catalogue import Catalogue, Product
from models.decider.decider import Decider
from models.decider.features.all import FEATURES, NAMES, features_of
from models.decider.files import encoder_digest
from models.decider.known_queries import build_known_queries
from models.decider.lexicon import build_lexicon
from models.decider.pairs import CatalogueSide, catalogue_side, make_pairs
from models.decider.tokens import token_sets
from models.decider.trees import Trees
from models.encoder import Encoder
from models.runtime import Runtime

ROUNDS = 5
CANDIDATES = 4
# The step of each round is large: with so few trees the probabilities would all be near a half.
PARAMETERS = {
    "objective": "binary:logistic",
    "max_depth": 2,
    "eta": 1.0,
    "nthread": 1,
    "seed": 0,
    "monotone_constraints": tuple(feature.direction for feature in FEATURES),
}


@dataclass(frozen=True, slots=True)
class Offer:
    """A query of which the right product's row is known."""

    text: str
    attributes: Mapping[str, str]
    right: int


def gtin(row: int) -> str:
    """Return the GTIN of the product in this row."""
    return f"40000000000{row:02d}"


def deciding(contents: BundleContents, *, candidates: int = CANDIDATES) -> BundleContents:
    """The same contents, whose products have GTINs, with a decider of `candidates` products."""
    products = [
        replace(product, attributes={"gtin": gtin(row)})
        for row, product in enumerate(contents.runtime.catalogue.products)
    ]
    runtime = replace(contents.runtime, catalogue=Catalogue(products))
    decider = small_decider(runtime, offers_of(products), candidates=candidates)
    return replace(contents, runtime=replace(runtime, decider=decider))


def offers_of(products: Sequence[Product]) -> list[Offer]:
    """Return for each product its title alone, with its GTIN, and with that of its neighbour."""
    count = len(products)
    return [
        offer
        for row, product in enumerate(products)
        for offer in (
            Offer(product.title, {}, row),
            Offer(f"{product.title} offer", {}, row),
            Offer(product.title, {"gtin": gtin(row)}, row),
            Offer(product.title, {"ean": gtin((row + 1) % count)}, (row + 1) % count),
            Offer(product.title, {"gtin": gtin(count + row)}, -1),
        )
    ]


def small_decider(
    runtime: Runtime, offers: Sequence[Offer], *, candidates: int = CANDIDATES
) -> Decider:
    """Return a decider over the runtime's catalogue, fitted on these offers and all products."""
    texts = [offer.text for offer in offers]
    embeddings = runtime.encoder.encode(texts)
    side = _side(runtime)
    found = runtime.nearest(embeddings, len(runtime.catalogue))
    attributes = [offer.attributes for offer in offers]
    features = features_of(make_pairs(texts, attributes, embeddings, found, side))
    right = found.rows == np.array([[offer.right] for offer in offers])
    matrix = xgboost.DMatrix(
        features.reshape(-1, len(FEATURES)), right.ravel(), feature_names=list(NAMES)
    )
    booster = xgboost.train(PARAMETERS, matrix, ROUNDS)
    return Decider(candidates, Trees(booster, 1.0, 0.0), side, _digest(runtime.encoder))


def _side(runtime: Runtime) -> CatalogueSide:
    """Return the products, each with its title as its one known query."""
    products = runtime.catalogue.products
    titles = [product.title for product in products]
    known = build_known_queries(
        runtime.encoder.encode(titles),
        np.arange(len(products) + 1),
        np.ones(len(products), np.int32),
    )
    return catalogue_side(products, build_lexicon([token_sets(titles)]), known)


def _digest(encoder: Encoder) -> str:
    with TemporaryDirectory() as directory:
        encoder.save(Path(directory))
        return encoder_digest(Path(directory))
