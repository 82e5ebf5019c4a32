"""The reasons of a finding, as sentences."""

from __future__ import annotations

from training.catalogue_check.confident import JudgedError
from training.catalogue_check.confusion import Confusion
from training.catalogue_check.duplicates import DuplicatePair
from training.catalogue_check.mislabelled import MislabelledPair
from training.catalogue_check.titles import Difference, TitleDifference

MANY = 5


def duplicate_reasons(pair: DuplicatePair) -> str:
    """Return why the two products are likely to be one, and what speaks against it."""
    parts = [_difference(pair.difference), _confusion(pair.confusion)]
    if pair.repeated >= MANY:
        parts.append(f"{pair.repeated} pairs differ in such a word, so it may name a variant")
    return "; ".join(part for part in parts if part)


def mislabelled_reasons(pair: MislabelledPair) -> str:
    """Return why the other product suits the query better than its label."""
    parts = [
        f"score {pair.suggested_cosine:.2f} against {pair.labelled_cosine:.2f}",
        f"of {pair.neighbours} near queries {pair.suggested_votes} have the suggested label"
        f" and {pair.labelled_votes} the present one",
    ]
    if pair.duplicates:
        parts.append(f"the two products may be one ({pair.duplicates:.2f})")
    return "; ".join(parts)


def error_reasons(judged: JudgedError) -> str:
    """Return what a confident error may be, if not one of the model."""
    if not judged.error.right:
        return "no product is labelled as right: a label may be missing"
    if judged.duplicates:
        return f"the two products may be one ({judged.duplicates:.2f})"
    return "the two products are not listed as one: the label or the model is wrong"


def _difference(difference: TitleDifference) -> str:
    if difference.kind is Difference.SPELLING:
        return "same words, written differently"
    sides = [
        f"only the {which} says {' '.join(words)}"
        for which, words in (("first", difference.only_first), ("second", difference.only_second))
        if words
    ]
    shared = f"both say {' '.join(difference.shared)}" if difference.shared else ""
    return "; ".join(part for part in (shared, *sides) if part)


def _confusion(mixed: Confusion) -> str:
    if not mixed.queries:
        return "no queries to compare"
    return (
        f"{mixed.first_confused:g} of {_queries(mixed.first_queries)} of the first"
        f" and {mixed.second_confused:g} of {_queries(mixed.second_queries)} of the second"
        " look like the other's"
    )


def _queries(count: int) -> str:
    return f"{count:,} {'query' if count == 1 else 'queries'}"
