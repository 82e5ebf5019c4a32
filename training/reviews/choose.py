"""Review labels beside the parts of the data: none of a query that is held out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from models.bundle.reviews import ReviewReport
from models.catalogue import Product
from models.text import normalised
from training.data.dataset import Dataset, relevance_matrix, some
from training.data.splits import SplitDataset, SplitKind
from training.evaluation.background import CATEGORY
from training.reviews.label import Label, ReviewLabel
from training.reviews.read import Reviews
from training.reviews.tally import LeftOut, Used


def with_reviews(
    parts: SplitDataset, split: SplitKind, reviews: Reviews, *, decider: bool
) -> tuple[SplitDataset, ReviewReport]:
    """Return the same parts with the labels that training may use, and what became of all labels.

    A label whose query has the text of one that is held out is left out, and in the split
    `merchants` one from a shop that is. One without a right product in this catalogue teaches the
    decider alone, so it is left out where there is none.
    """
    tally, row_of = reviews.tally.copy(), _rows(parts.train.products)
    held_out = _held_out(parts, split)
    used = []
    for one in reviews.labels:
        right = any(name in row_of for name in one.label.product_ids)
        reason = held_out.reason(one.label)
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


@dataclass(frozen=True, slots=True)
class _HeldOut:
    """What is not to be learnt: texts, each with its reason, and shops."""

    texts: Mapping[str, LeftOut]
    shops: frozenset[str]

    def reason(self, label: Label) -> LeftOut | None:
        if label.source in self.shops:
            return LeftOut.SHOP_HELD_OUT
        return self.texts.get(label.text)


def _held_out(parts: SplitDataset, split: SplitKind) -> _HeldOut:
    """Return what the parts hold out; a text that is in two of them has the last one's reason."""
    named = (
        (LeftOut.IN_DECIDER, parts.decider),
        (LeftOut.IN_CALIBRATION, parts.calibration),
        (LeftOut.IN_TEST, parts.test),
    )
    texts = {normalised(text): reason for reason, part in named for text in part.texts}
    shops = {shop for _, part in named for shop in part.sources}
    return _HeldOut(texts, frozenset(shops) if split is SplitKind.MERCHANTS else frozenset())


def _others(label: Label) -> dict[str, str]:
    """Return the attributes without the category, which data sets have by itself."""
    return {name: value for name, value in label.attributes.items() if name != CATEGORY}
