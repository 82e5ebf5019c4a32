"""Seeded splits into train, decider, calibration and test: claims about the traffic to come.

The promise of a threshold holds for traffic that is exchangeable with the calibration queries
(docs/method.md, What a promise covers), so in every split but `holdout` calibration and test are
one random division of the same held-out queries; what differs is how those differ from the training
queries. The decider's part is taken from the others as they are made, and only where it is wanted.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from enum import StrEnum

import numpy as np
from scipy import sparse

from models.errors import DataError
from training.data.dataset import Dataset, Mask, Rows

CALIBRATION_SHARE = 0.14
TEST_SHARE = 0.20
HELD_OUT_SHARE = CALIBRATION_SHARE + TEST_SHARE
REMOVED_PRODUCTS_SHARE = 0.10


class SplitKind(StrEnum):
    """Which split: `offers`, `merchants`, `open_set`, `given` or `holdout`."""

    OFFERS = "offers"
    MERCHANTS = "merchants"
    OPEN = "open"
    GIVEN = "given"
    HOLDOUT = "holdout"


@dataclass(frozen=True, slots=True, eq=False)
class Split:
    """Query rows of each part, ascending, and the product rows that stay in the catalogue."""

    train: Rows
    calibration: Rows
    test: Rows
    catalogue: Rows
    decider: Rows = field(default_factory=lambda: np.empty(0, np.int64))


@dataclass(frozen=True, slots=True)
class DeciderPart:
    """How much the decider gets: this share of all queries.

    Without `from_training` none of them are training queries, which leaves those of the split
    `open` that have no right product.
    """

    share: float
    from_training: bool = True


@dataclass(frozen=True, slots=True, eq=False)
class SplitDataset:
    """The parts as data sets of their own over one (possibly reduced) catalogue.

    `decider` is empty where nothing was asked for. `reviews` are no part of the data: queries that
    people answered since, which were selected by a low score. They may be learnt from, and nothing
    may be measured on them; None where there are none.
    """

    train: Dataset
    decider: Dataset
    calibration: Dataset
    test: Dataset
    reviews: Dataset | None = None

    @property
    def learnt(self) -> Dataset:
        """Return all queries that the encoder is fitted on."""
        return self.train if self.reviews is None else self.train.followed_by(self.reviews)


def offers(dataset: Dataset, seed: int) -> Split:
    """Return a random split: 66 % train, 14 % calibration, 20 % test; the traffic is as before."""
    order = np.random.default_rng(seed).permutation(len(dataset))
    held_out = round(HELD_OUT_SHARE * len(dataset))
    calibration, test = _divide(order[:held_out])
    return Split(np.sort(order[held_out:]), calibration, test, _all_products(dataset))


def merchants(dataset: Dataset, seed: int) -> Split:
    """Return a split whose calibration and test queries come from shops unseen in training.

    Whole shops, in random order, are held out until about 34 % of the queries are (a shop too large
    for what is left is passed over). Their queries, not the shops, are then divided at random into
    calibration and test: the exact binomial test needs independent queries, which queries of
    different shops are not, so a promise made on other unseen shops would claim more than it can
    keep. Read it as: a model meets new shops, a sample of their offers is labelled.
    """
    random = np.random.default_rng(seed)
    wanted = round(HELD_OUT_SHARE * len(dataset))
    unseen = _shops(dataset, np.arange(len(dataset)), wanted, random)
    held_out = np.zeros(len(dataset), dtype=np.bool_)
    held_out[unseen] = True
    calibration, test = _divide(random.permutation(np.flatnonzero(held_out)))
    return Split(np.flatnonzero(~held_out), calibration, test, _all_products(dataset))


def open_set(dataset: Dataset, seed: int) -> Split:
    """Return a split in which 10 % of the products are not in the catalogue.

    The remaining queries are split as in `offers`. Queries that lost every right answer are never
    in train; they are divided at random over calibration and test in the same proportion as the
    rest, so about a quarter of the held-out queries has no right answer.
    """
    random = np.random.default_rng(seed)
    products = len(dataset.products)
    removed = random.permutation(products)[: round(REMOVED_PRODUCTS_SHARE * products)]
    catalogue = np.setdiff1d(np.arange(products, dtype=np.int64), removed)
    known = dataset.with_products(catalogue).answerable
    order = random.permutation(np.flatnonzero(known))
    held_out = round(HELD_OUT_SHARE * len(order))
    unanswerable = np.flatnonzero(~known)
    calibration, test = _divide(
        random.permutation(np.concatenate([order[:held_out], unanswerable]))
    )
    return Split(np.sort(order[held_out:]), calibration, test, catalogue)


def given(dataset: Dataset, seed: int) -> Split:
    """Return a split with the data set's own training part, whose test part is cut into halves.

    One random half is calibration, the other test: the two are exchangeable by construction, as a
    calibration part drawn from training would not be. Raise DataError without a test part.
    """
    held_out = np.flatnonzero(_held_out(dataset))
    shuffled = np.random.default_rng(seed).permutation(held_out)
    half = len(shuffled) // 2
    return Split(
        np.flatnonzero(~_held_out(dataset)),
        np.sort(shuffled[:half]),
        np.sort(shuffled[half:]),
        _all_products(dataset),
    )


def holdout(dataset: Dataset, seed: int) -> Split:
    """Return a split whose test part is the data set's own, whole; 14 % of training calibrate.

    What the test queries realise then shows how far the promise carries to queries that were chosen
    in another way. Training queries whose right products are all filtered are not drawn. Raise
    DataError without a test part.
    """
    held_out = _held_out(dataset)
    usable = np.flatnonzero(~held_out & _right_after_filter(dataset))
    wanted = round(CALIBRATION_SHARE * np.count_nonzero(~held_out))
    drawn = np.sort(np.random.default_rng(seed).permutation(usable)[:wanted])
    train = np.setdiff1d(np.flatnonzero(~held_out), drawn)
    return Split(train, drawn, np.flatnonzero(held_out), _all_products(dataset))


_SPLITS: dict[SplitKind, Callable[[Dataset, int], Split]] = {
    SplitKind.OFFERS: offers,
    SplitKind.MERCHANTS: merchants,
    SplitKind.OPEN: open_set,
    SplitKind.GIVEN: given,
    SplitKind.HOLDOUT: holdout,
}


def split_dataset(
    dataset: Dataset, kind: SplitKind, seed: int, decider: DeciderPart | None = None
) -> SplitDataset:
    """Return the parts of the named split; raise DataError when one of them would be empty.

    Calibration and test do not count filtered products as right; training keeps what it was given.
    The decider's queries are drawn from training at random, whole shops in the split `merchants`,
    and in the split `open` from the held-out queries without a right product in proportion.
    """
    split = _SPLITS[kind](dataset, seed)
    if decider is not None:
        split = _with_decider(dataset, split, kind, seed, decider)
    for name in ("train", "calibration", "test"):
        if len(getattr(split, name)) == 0:
            raise DataError(
                f"split {kind.value!r} of {len(dataset)} queries leaves none for {name}; "
                "use another split or more data"
            )
    reduced = dataset.with_products(split.catalogue)
    return SplitDataset(
        train=reduced.subset(split.train),
        decider=_without_filtered(reduced.subset(split.decider)),
        calibration=_without_filtered(reduced.subset(split.calibration)),
        test=_without_filtered(reduced.subset(split.test)),
    )


def _with_decider(
    dataset: Dataset, split: Split, kind: SplitKind, seed: int, part: DeciderPart
) -> Split:
    # A stream of its own: what the other parts draw does not depend on the decider.
    random = np.random.default_rng([seed, 1])
    taken = []
    if part.from_training:
        wanted = round(part.share * len(dataset))
        if kind is SplitKind.MERCHANTS:
            taken.append(_shops(dataset, split.train, wanted, random))
        else:
            taken.append(random.permutation(split.train)[:wanted])
    if kind is SplitKind.OPEN:
        known = dataset.with_products(split.catalogue).answerable
        share = part.share / (part.share + HELD_OUT_SHARE)
        for rows in (split.calibration, split.test):
            unanswerable = rows[~known[rows]]
            taken.append(random.permutation(unanswerable)[: round(share * len(unanswerable))])
    decider = np.sort(np.concatenate(taken)) if taken else split.decider
    return Split(
        train=np.setdiff1d(split.train, decider),
        calibration=np.setdiff1d(split.calibration, decider),
        test=np.setdiff1d(split.test, decider),
        catalogue=split.catalogue,
        decider=decider,
    )


def _shops(dataset: Dataset, rows: Rows, wanted: int, random: np.random.Generator) -> Rows:
    """Return the rows of whole shops, in random order, that are not more than wanted."""
    sources = np.asarray(dataset.sources)[rows]
    shops, sizes = np.unique(sources, return_counts=True)
    chosen = []
    for shop in random.permutation(len(shops)).tolist():
        if sizes[shop] <= wanted:
            chosen.append(shops[shop])
            wanted -= int(sizes[shop])
    return rows[np.isin(sources, chosen)]


def _without_filtered(dataset: Dataset) -> Dataset:
    if dataset.filtered is None:
        return dataset
    right_only = sparse.csr_array(dataset.relevance > dataset.filtered)
    return replace(dataset, relevance=right_only)


def _right_after_filter(dataset: Dataset) -> Mask:
    return _without_filtered(dataset).answerable


def _held_out(dataset: Dataset) -> Mask:
    if dataset.held_out is None:
        raise DataError(
            "this data set has no test part of its own; "
            "use the split 'offers', 'merchants' or 'open'"
        )
    return dataset.held_out


def _divide(shuffled: Rows) -> tuple[Rows, Rows]:
    """Return calibration and test rows of already shuffled held-out rows."""
    calibration = round(CALIBRATION_SHARE / HELD_OUT_SHARE * len(shuffled))
    return np.sort(shuffled[:calibration]), np.sort(shuffled[calibration:])


def _all_products(dataset: Dataset) -> Rows:
    return np.arange(len(dataset.products), dtype=np.int64)
