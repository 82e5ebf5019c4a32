"""A small shop: products that differ in brand, kind and size, and offers that describe them."""

from __future__ import annotations

import numpy as np

from models.catalogue import Product
from training.data.dataset import Dataset, relevance_matrix

BRANDS = ("neff", "bosch", "samsung", "beko", "sharp")
KINDS = ("oven", "fridge freezer", "dishwasher", "microwave")
SIZES = ("45l", "60l", "90l")
NOISE = ("new", "free delivery", "black", "white", "uk model", "2018")


def small_shop(offers_per_product: int = 6, seed: int = 0) -> Dataset:
    """Return 60 products with seeded noisy offers; each offer has one right product.

    About a third of the offers are the shop's own test part.
    """
    generator = np.random.default_rng(seed)
    titles = [f"{b.title()} {k} {s}" for b in BRANDS for k in KINDS for s in SIZES]
    products = tuple(Product(f"p{i}", title) for i, title in enumerate(titles))
    answers = np.repeat(np.arange(len(products)), offers_per_product)
    texts = tuple(_offer(titles[answer], generator) for answer in answers)
    sources = tuple(f"shop {shop}" for shop in generator.integers(0, 8, len(texts)))
    relevance = relevance_matrix([[int(answer)] for answer in answers], len(products))
    held_out = generator.random(len(texts)) < 1 / 3
    return Dataset(texts, sources, ("",) * len(texts), products, relevance, held_out=held_out)


def _offer(title: str, generator: np.random.Generator) -> str:
    words = title.lower().split()
    words += generator.choice(NOISE, size=2, replace=False).tolist()
    return " ".join(generator.permutation(words))
