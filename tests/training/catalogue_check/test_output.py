from __future__ import annotations

import csv
import io
from dataclasses import replace

from models.catalogue import Product
from training.catalogue_check.check import CatalogueCheck
from training.catalogue_check.confident import JudgedError
from training.catalogue_check.confusion import Confusion
from training.catalogue_check.duplicates import DuplicatePair
from training.catalogue_check.mislabelled import MislabelledPair
from training.catalogue_check.output import COLUMNS, MOST_ON_PAGE, as_csv, as_html
from training.catalogue_check.titles import title_difference
from training.evaluation.confident_errors import ConfidentError, NamedProduct

FIRST, SECOND = Product("a", "Neff K8524X8GB"), Product("-b", "Neff K8524X8 <b>")
DUPLICATE = DuplicatePair(
    FIRST,
    SECOND,
    0.912345,
    title_difference(FIRST.title, "Neff K8524X8"),
    0.81,
    Confusion(7, 1, 2.5, 1.0),
    6,
)
WRONG = MislabelledPair('=1+1, "two"\nlines', 3, FIRST, SECOND, 0.8, 0.2, 0.9, 1, 9, 10, 0.05)
CHECK = CatalogueCheck(100, 1_000, (DUPLICATE,), (WRONG,))
ANSWERED, LABELLED = NamedProduct("a", FIRST.title), NamedProduct("-b", SECOND.title)
WITH_ERRORS = replace(
    CHECK,
    errors=(
        JudgedError(ConfidentError("neff k8524", ANSWERED, 0.99, (LABELLED,), 0.4), 0.91),
        JudgedError(ConfidentError("neff k9", ANSWERED, 0.98, (), None), 0.0),
    ),
)


def rows() -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(as_csv(CHECK).decode(), newline="")))


def test_the_csv_has_one_row_per_finding_with_its_reasons() -> None:
    duplicate, wrong = rows()
    assert tuple(duplicate) == COLUMNS
    assert (duplicate["finding"], duplicate["score"]) == ("duplicate", "0.9123")
    assert (duplicate["product_id"], duplicate["title"]) == ("a", FIRST.title)
    assert duplicate["reasons"] == (
        "both say neff; only the first says k8524x8gb; only the second says k8524x8; 2.5 of"
        " 7 queries of the first and 1 of 1 query of the second look like the other's;"
        " 6 pairs differ in such a word, so it may name a variant"
    )
    assert wrong["reasons"] == (
        "score 0.90 against 0.20; of 10 near queries 9 have the suggested label and 1 the present"
        " one; the two products may be one (0.05)"
    )


def test_a_spreadsheet_runs_nothing_of_it() -> None:
    duplicate, wrong = rows()
    assert wrong["query"] == '\'=1+1, "two"\nlines'
    assert duplicate["other_product_id"] == "'-b"


def test_the_page_escapes_text_and_says_what_to_do() -> None:
    page = as_html(CHECK).decode()
    assert "Neff K8524X8 &lt;b&gt; [-b]" in page
    assert page.count("What to do:") == 2
    assert "All 1 findings are listed." in page


def test_a_long_list_is_cut_on_the_page_and_an_empty_one_says_so() -> None:
    many = CatalogueCheck(100, 1_000, (DUPLICATE,) * (MOST_ON_PAGE + 1), ())
    page = as_html(many).decode()
    assert f"The first {MOST_ON_PAGE} of {MOST_ON_PAGE + 1} findings" in page
    assert "Nothing was found." in page
    assert as_csv(many).count(b"\nduplicate") == MOST_ON_PAGE + 1


def test_confident_errors_say_what_they_may_be_instead() -> None:
    page, cells = as_html(WITH_ERRORS).decode(), as_csv(WITH_ERRORS).decode()
    assert "Confident errors of the model" in page
    assert "the two products may be one (0.91)" in page
    assert "no product is labelled as right: a label may be missing" in cells
    assert cells.count("\nconfident error,") == 2
    assert "Confident errors" not in as_html(CHECK).decode()
