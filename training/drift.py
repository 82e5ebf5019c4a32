"""What the traffic of a new bundle is compared with."""

from __future__ import annotations

from itertools import chain

from models.drift.reference import TrafficReference
from models.drift.take import DriftSettings, take_reference
from models.encoder import Encoder
from models.index.base import Neighbours
from training.data.splits import SplitDataset


def traffic_reference(
    encoder: Encoder, parts: SplitDataset, found: Neighbours, settings: DriftSettings
) -> TrafficReference | None:
    """Return the reference of the test queries, which stand for traffic, and what was `found`.

    Known are the n-grams of all queries that were learnt from and of product titles. Labels are not
    looked at.
    """
    titles = (product.title for product in parts.train.products)
    known = chain(parts.learnt.texts, titles)
    return take_reference(encoder, known, parts.test.texts, found.deciding[:, 0], settings)
