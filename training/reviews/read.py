"""From the sources that the settings name to the labels that may train."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from models.catalogue import Product
from models.errors import WrongStream
from training.data.tables import BadRow, check_bad_rows
from training.reviews.export import Export, everything, read_export
from training.reviews.label import REASON, ReviewLabel
from training.reviews.settings import ReviewSettings
from training.reviews.source import opened
from training.reviews.standing import drawn_texts, of_reviews, standing
from training.reviews.tally import LeftOut, Tally


@dataclass(frozen=True, slots=True)
class Reviews:
    """Labels that may train, of products that the data have; `sources` by name and SHA-256.

    `tally` has what became of all others.
    """

    labels: tuple[ReviewLabel, ...]
    sources: tuple[tuple[str, str], ...]
    tally: Tally
    bad_rows: tuple[BadRow, ...]


def read_reviews(settings: ReviewSettings, products: Sequence[Product], key: str | None) -> Reviews:
    """Return the labels that may train; `key` is for sources that are URLs.

    Raise DataError when a source cannot be read, BadRows for more bad rows than are allowed, those
    with an unknown product among them, and WrongStream when all labels are of other streams.
    """
    exports, sources = _exports(settings, key)
    tally = Tally()
    said = list(everything(exports))
    labels = of_reviews(standing(said, tally), drawn_texts(said), tally)
    _check_some_reviews(labels, tally)
    known, unknown = _of_known_products(labels, products, tally)
    bad_rows = (*(bad for one in exports for bad in one.bad_rows), *unknown)
    check_bad_rows(bad_rows, settings.max_bad_rows)
    return Reviews(tuple(known), tuple(sources), tally, bad_rows)


def _exports(
    settings: ReviewSettings, key: str | None
) -> tuple[list[Export], list[tuple[str, str]]]:
    exports, sources = [], []
    for number, source in enumerate(settings.sources):
        with opened(source, key, settings.timeout_seconds) as export:
            exports.append(read_export(export.path, export.name, number))
            sources.append((source, export.sha256))
    return exports, sources


def _check_some_reviews(labels: Sequence[ReviewLabel], tally: Tally) -> None:
    refused = tally.refused.total()
    if refused and not labels:
        streams = " and ".join(sorted({stream for _, stream in tally.refused}))
        raise WrongStream(
            f"all {refused:,} final labels are of the stream {streams}; each cannot train, as"
            f" {REASON}. Export those of the stream review"
        )


def _of_known_products(
    labels: Sequence[ReviewLabel], products: Sequence[Product], tally: Tally
) -> tuple[list[ReviewLabel], list[BadRow]]:
    """Return the labels whose products are all known, and the others as bad rows."""
    ids = {product.product_id for product in products}
    known, bad = [], []
    for one in labels:
        missing = [name for name in one.label.product_ids if name not in ids]
        if not missing:
            known.append(one)
            continue
        place = one.label.place
        names = ", ".join(repr(name) for name in missing)
        bad.append(BadRow(place.file, place.line, f"product_id {names} is not in the catalogue"))
        tally.leave_out(place, LeftOut.UNKNOWN_PRODUCT)
    return known, bad
