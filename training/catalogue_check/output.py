"""The findings as a CSV, to be worked through in a spreadsheet, and as a page."""

from __future__ import annotations

import csv
import io

from training.catalogue_check.check import CatalogueCheck
from training.catalogue_check.confident import JudgedError
from training.catalogue_check.duplicates import DuplicatePair
from training.catalogue_check.mislabelled import MislabelledPair
from training.catalogue_check.words import duplicate_reasons, error_reasons, mislabelled_reasons
from training.evaluation.confident_errors import NamedProduct
from training.evaluation.table import Rows
from training.report.page import Page, Section, page_html

COLUMNS = (
    "finding",
    "score",
    "query",
    "product_id",
    "title",
    "other_product_id",
    "other_title",
    "reasons",
)
# A spreadsheet would run a cell that begins like this as a formula.
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")
MOST_ON_PAGE = 500


def as_csv(check: CatalogueCheck) -> bytes:
    """Return all findings, one a row, duplicates first; UTF-8 with `COLUMNS` as the header.

    For a duplicate the two products are equals and `query` is empty; for a wrong label the first
    product is the present label and the other the suggested one, and so for a confident error,
    whose score is the model's. Text that a spreadsheet would run as a formula gets an apostrophe
    before it.
    """
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\n")
    writer.writerow(COLUMNS)
    writer.writerows(map(_safe, _duplicate_rows(check.duplicates)))
    writer.writerows(map(_safe, _mislabelled_rows(check.mislabelled)))
    writer.writerows(map(_safe, _error_rows(check.errors)))
    return buffer.getvalue().encode()


def as_html(check: CatalogueCheck) -> bytes:
    """Return a self-contained page with the first `MOST_ON_PAGE` findings of each kind."""
    return page_html(
        Page(
            title="Catalogue check",
            facts=(
                ("products", f"{check.products:,}"),
                ("labels", f"{check.labels:,}"),
                ("likely duplicates", f"{len(check.duplicates):,}"),
                ("likely wrong labels", f"{len(check.mislabelled):,}"),
            ),
            sections=(
                _duplicates(check),
                _mislabelled(check),
                *((_errors(check),) if check.errors else ()),
            ),
        )
    )


def _duplicates(check: CatalogueCheck) -> Section:
    header = ["score", "first product", "second product", "reasons"]
    rows = [
        [
            f"{one.score:.2f}",
            f"{one.first.title} [{one.first.product_id}]",
            f"{one.second.title} [{one.second.product_id}]",
            duplicate_reasons(one),
        ]
        for one in check.duplicates[:MOST_ON_PAGE]
    ]
    return Section(
        "Products that may be one",
        (
            "Pairs of entries whose titles differ little and whose queries are hard to tell apart."
            " The score orders the list; it was not calibrated.",
            "What to do: from the top, merge the entries that are one product. Keep those where the"
            " letters name a colour, a hinge side or a country that your customers care about, and"
            " stop where most are such. Merged entries stop competing for the same queries, which"
            " raises precision and automation at once.",
            _shown(len(rows), len(check.duplicates)),
        ),
        tables=_table(header, rows),
    )


def _mislabelled(check: CatalogueCheck) -> Section:
    header = ["score", "query", "present label", "suggested label", "reasons"]
    rows = [
        [
            f"{one.score:.2f}",
            one.query,
            f"{one.labelled.title} [{one.labelled.product_id}]",
            f"{one.suggested.title} [{one.suggested.product_id}]",
            mislabelled_reasons(one),
        ]
        for one in check.mislabelled[:MOST_ON_PAGE]
    ]
    return Section(
        "Labels that may be wrong",
        (
            "Queries that lie far from the product they are labelled with, and close to another"
            " one whose queries they resemble. The score orders the list; it was not calibrated.",
            "What to do: correct the label where the suggestion is right, remove the pair where"
            " neither product is, and leave it where the label is right after all. Wrong labels in"
            " the calibration part count as errors of the model and make promises stricter than"
            " need be.",
            _shown(len(rows), len(check.mislabelled)),
        ),
        tables=_table(header, rows),
    )


def _errors(check: CatalogueCheck) -> Section:
    header = ["score", "query", "label", "answered with", "reasons"]
    rows = [
        [
            f"{one.error.score:.4f}",
            one.error.query,
            _named(one.error.right[:1]),
            _named((one.error.answered,)),
            error_reasons(one),
        ]
        for one in check.errors
    ]
    return Section(
        "Confident errors of the model",
        (
            "The wrong answers that the trained model was surest of, in its own order.",
            "What to do: merge what is one product, add the label that is missing, correct the one"
            " that is wrong. Each of them counts as an error when thresholds are certified.",
        ),
        tables=_table(header, rows),
    )


def _named(products: tuple[NamedProduct, ...]) -> str:
    return "; ".join(f"{one.title} [{one.product_id}]" for one in products) or "none"


def _table(header: list[str], rows: Rows) -> tuple[Rows, ...]:
    return ([header, *rows],) if rows else ()


def _shown(shown: int, found: int) -> str:
    if not found:
        return "Nothing was found."
    if shown == found:
        return f"All {found:,} findings are listed."
    return f"The first {shown:,} of {found:,} findings are listed; the CSV has all."


def _duplicate_rows(duplicates: tuple[DuplicatePair, ...]) -> Rows:
    return [
        [
            "duplicate",
            f"{one.score:.4f}",
            "",
            one.first.product_id,
            one.first.title,
            one.second.product_id,
            one.second.title,
            duplicate_reasons(one),
        ]
        for one in duplicates
    ]


def _mislabelled_rows(mislabelled: tuple[MislabelledPair, ...]) -> Rows:
    return [
        [
            "wrong label",
            f"{one.score:.4f}",
            one.query,
            one.labelled.product_id,
            one.labelled.title,
            one.suggested.product_id,
            one.suggested.title,
            mislabelled_reasons(one),
        ]
        for one in mislabelled
    ]


def _error_rows(errors: tuple[JudgedError, ...]) -> Rows:
    return [
        [
            "confident error",
            f"{one.error.score:.4f}",
            one.error.query,
            one.error.right[0].product_id if one.error.right else "",
            one.error.right[0].title if one.error.right else "",
            one.error.answered.product_id,
            one.error.answered.title,
            error_reasons(one),
        ]
        for one in errors
    ]


def _safe(row: list[str]) -> list[str]:
    return [f"'{cell}" if cell.startswith(FORMULA_STARTS) else cell for cell in row]
