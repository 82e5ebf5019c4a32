"""A part of the sample in which duplicates and wrong labels are planted, so that they are known."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from sklearn.feature_extraction.text import TfidfVectorizer

from models.encoder import FloatMatrix
from training.catalogue_check.titles import DIGIT
from training.data.dataset import Dataset, relevance_matrix
from training.data.pricerunner import load_pricerunner

PRODUCTS, PLANTED = 500, 30
SUFFIXES = ("GB", "B", "UK")


@dataclass(frozen=True, slots=True)
class Planted:
    """The data set, the pairs of ids that are one product, and the rows with a wrong label."""

    dataset: Dataset
    duplicates: frozenset[frozenset[str]]
    mislabelled: frozenset[int]


def planted(seed: int) -> Planted:
    """Return products with four or more queries; every second duplicate has a suffix, the others
    another order of words. A wrong label is a random other product of the same category."""
    generator = np.random.default_rng(seed)
    part = _part(generator)
    labels = part.relevance.indices.copy()
    copied = generator.permutation(_with_a_code(part))[:PLANTED]
    copies = []
    for at, row in enumerate(copied):
        original = part.products[row]
        title = _suffixed(original.title, at) if at % 2 else _reordered(original.title, generator)
        copies.append(replace(original, product_id=f"copy {row}", title=title))
        queries = np.flatnonzero(labels == row)
        labels[queries[::2]] = len(part.products) + at
    untouched = ~np.isin(labels, copied) & (labels < len(part.products))
    wrong = generator.permutation(np.flatnonzero(untouched))[:PLANTED]
    for query in wrong:
        labels[query] = _other(part, int(labels[query]), generator)
    dataset = replace(
        part,
        products=(*part.products, *copies),
        relevance=relevance_matrix(
            [[label] for label in labels.tolist()], len(part.products) + PLANTED
        ),
    )
    ids = {
        frozenset((part.products[row].product_id, copy.product_id))
        for row, copy in zip(copied, copies, strict=True)
    }
    return Planted(dataset, frozenset(ids), frozenset(wrong.tolist()))


def lexical_vectors(dataset: Dataset) -> tuple[FloatMatrix, FloatMatrix]:
    """Return unit vectors of queries and products from a model that has seen no label."""
    vectoriser = TfidfVectorizer(
        analyzer="char_wb", ngram_range=(3, 4), max_features=1_024, sublinear_tf=True
    )
    titles = [product.title for product in dataset.products]
    vectoriser.fit([*titles, *dataset.texts])
    queries, products = (
        vectoriser.transform(texts).toarray().astype(np.float32)
        for texts in (dataset.texts, titles)
    )
    return queries, products


def _part(generator: np.random.Generator) -> Dataset:
    whole = load_pricerunner()
    often = np.flatnonzero(np.bincount(whole.relevance.indices) >= 4)
    rows = np.sort(generator.permutation(often)[:PRODUCTS])
    some = whole.with_products(rows)
    return some.subset(np.flatnonzero(some.answerable))


def _with_a_code(part: Dataset) -> list[int]:
    return [row for row, product in enumerate(part.products) if _code(product.title)]


def _code(title: str) -> str | None:
    words = [word for word in title.split() if len(word) >= 5 and word.isalnum()]
    return next((word for word in words if DIGIT.search(word) and not word.isdigit()), None)


def _suffixed(title: str, at: int) -> str:
    code = _code(title) or ""
    return title.replace(code, code + SUFFIXES[at % len(SUFFIXES)], 1)


def _reordered(title: str, generator: np.random.Generator) -> str:
    words = title.split()
    return " ".join(np.roll(words, generator.integers(1, max(len(words), 2))).tolist())


def _other(part: Dataset, label: int, generator: np.random.Generator) -> int:
    category = part.products[label].attributes["category"]
    others = [
        row
        for row, product in enumerate(part.products)
        if product.attributes["category"] == category and row != label
    ]
    return int(generator.choice(others))
