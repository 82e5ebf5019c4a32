"""Review labels beside the parts of the data: none of a query that is held out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from models.bundle.reviews import ReviewReport
from models.catalogue import Product
from models.text import normalised
from training.data.dataset import Dataset, relevance_matrix, some
from training.data.splits import SplitDataset
from training.evaluation.background import CATEGORY
from training.reviews.label import Label, ReviewLabel
from training.reviews.read import Reviews
from training.reviews.tally import LeftOut, Used


def with_reviews(
    parts: SplitDataset, reviews: Reviews, *, decider: bool
) -> tuple[SplitDataset, ReviewReport]:
    """Return the same parts with the labels that training may use, and what became of all labels.

    A label whose query has the text of one that is held out is left out. One without a right
    product in this catalogue teaches the decider alone, so it is left out where there is none.
    """
    tally, row_of = reviews.tally.copy(), _rows(parts.train.products)
    held_out = _held_out(parts)
    used = []
    for one in reviews.labels:
        right = any(name in row_of for name in one.label.product_ids)
        reason = held_out.get(one.label.text)
        if reason is None and not right and not decider:
            reason = LeftOut.NOTHING_TO_LEARN
        if reason is None:
            used.append(one)
            tally.use(one.label.place, Used.RIGHT if right else Used.NONE)
        else:
            tally.leave_out(one.label.place, reason)
    chosen = replace(parts, reviews=dataset_of(used, parts.train.products))
    return chosen, tally.report(reviews.sources)


def dataset_of(labels: Sequence[ReviewLabel], products: tuple[Product, ...]) -> Dataset:
    """Return the labels as queries over these products; others that they name are not there."""
    row_of, said = _rows(products), [one.label for one in labels]
    right = [[row_of[name] for name in one.product_ids if name in row_of] for one in said]
    return Dataset(
        texts=tuple(one.query for one in said),
        sources=tuple(one.source for one in said),
        categories=tuple(one.attributes.get(CATEGORY, "") for one in said),
        products=products,
        relevance=relevance_matrix(right, len(products)),
        attributes=some([_others(one) for one in said]),
    )


def _rows(products: Sequence[Product]) -> dict[str, int]:
    return {product.product_id: row for row, product in enumerate(products)}


def _held_out(parts: SplitDataset) -> dict[str, LeftOut]:
    """Return why each text is not to be learnt; of one that is in two parts the last reason."""
    named = (
        (LeftOut.IN_DECIDER, parts.decider),
        (LeftOut.IN_CALIBRATION, parts.calibration),
        (LeftOut.IN_TEST, parts.test),
    )
    return {normalised(text): reason for reason, part in named for text in part.texts}


def _others(label: Label) -> dict[str, str]:
    """Return the attributes without the category, which data sets have by itself."""
    return {name: value for name, value in label.attributes.items() if name != CATEGORY}
