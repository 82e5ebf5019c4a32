"""A feature's value in the words of a merchant."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from models.decider.tokens import Kind, Token, tokens

MOST_NAMED = 3
QUERY, TITLE = "query", "product title"


@dataclass(frozen=True, slots=True)
class Compared:
    """A query and a title, as the sets of their tokens."""

    query: frozenset[Token]
    title: frozenset[Token]

    def in_both(self, kind: Kind) -> list[str]:
        """Return the tokens that both have."""
        return _of_kind(self.query & self.title, kind)

    def only_in_query(self, kind: Kind) -> list[str]:
        """Return the tokens of the query that the title lacks."""
        return _of_kind(self.query - self.title, kind)

    def only_in_title(self, kind: Kind) -> list[str]:
        """Return the tokens of the title that the query lacks."""
        return _of_kind(self.title - self.query, kind)


Phrase = Callable[[float, Compared], str]


def compared(text: str, title: str) -> Compared:
    """Return the tokens of a query and of a title."""
    return Compared(frozenset(tokens(text)), frozenset(tokens(title)))


def phrase(feature: str, value: float, pair: Compared) -> str:
    """Return what this value of a feature says about the pair, as a sentence without a full stop.

    Raises KeyError for a name that is no feature.
    """
    if math.isnan(value):
        return _UNKNOWN.get(feature, "this cannot be compared")
    return _PHRASES[feature](value, pair)


def _of_kind(found: frozenset[Token], kind: Kind) -> list[str]:
    return sorted(token.text for token in found if token.kind is kind)


def _named(noun: str, texts: list[str]) -> str:
    """Return 'word "red"', or 'words "big", "red"'; of many texts some."""
    quoted = ", ".join(f'"{text}"' for text in texts[:MOST_NAMED])
    more = f" and {len(texts) - MOST_NAMED} more" if len(texts) > MOST_NAMED else ""
    nouns = f"{noun}s" if len(texts) > 1 else noun
    return f"{nouns} {quoted}{more}"


def _is(texts: list[str]) -> str:
    return "are" if len(texts) > 1 else "is"


def _only_in_query(noun: str, kind: Kind) -> Phrase:
    def say(_: float, pair: Compared) -> str:
        found = pair.only_in_query(kind)
        if not found:
            return f"every {noun} of the query is in the product title"
        return f"{_named(noun, found)} {_is(found)} not in the product title"

    return say


def _only_in_title(noun: str, kind: Kind) -> Phrase:
    def say(_: float, pair: Compared) -> str:
        found = pair.only_in_title(kind)
        if not found:
            return f"every {noun} of the product title is in the query"
        return f"{_named(noun, found)} of the product title {_is(found)} not in the query"

    return say


def _in_both(noun: str, kind: Kind) -> Phrase:
    def say(_: float, pair: Compared) -> str:
        found = pair.in_both(kind)
        return f"{_named(noun, found)} {_is(found)} in both" if found else f"no {noun} is in both"

    return say


def _share(of: str, where: str) -> Phrase:
    def say(value: float, pair: Compared) -> str:
        if not (pair.query if of == QUERY else pair.title):
            return f"the {of} has no word"
        return f"{value:.0%} of the {of} is in the {where}, rare words counting more"

    return say


def _equal(what: str) -> Phrase:
    return lambda value, _: f"{what} is the same" if value else f"{what} differs"


def _lead(what: str) -> Phrase:
    def say(value: float, _: Compared) -> str:
        if value == 0:
            return f"another candidate has as much {what}"
        more = "more" if value > 0 else "less"
        return f"it has {more} {what} than the best of the other candidates"

    return say


def _crowding(value: float, _: Compared) -> str:
    if value == 1:
        return "1 other candidate is about as similar"
    return f"{value:.0f} other candidates are about as similar"


def _known_queries(value: float, _: Compared) -> str:
    count = round(math.expm1(value))
    return f"the product has {count} known {'query' if count == 1 else 'queries'}"


def _above_mean(value: float, _: Compared) -> str:
    side = "below" if value < 0 else "above"
    return f"its similarity is {abs(value):.2f} {side} the mean of the candidates"


def _lead_in_score(value: float, _: Compared) -> str:
    if value >= 0:
        return f"the next candidate is less similar by {value:.2f}"
    return f"another candidate is more similar by {-value:.2f}"


_PHRASES: Mapping[str, Phrase] = {
    "score": lambda value, _: f"the similarity of the texts is {value:.2f}",
    "lead_in_score": _lead_in_score,
    "behind_best": lambda value, _: f"the most similar candidate is ahead by {value:.2f}",
    "rank": lambda value, _: f"it is number {value + 1:.0f} of the search",
    "crowding": _crowding,
    "above_mean": _above_mean,
    "known_query": lambda value, _: f"its most similar known query has similarity {value:.2f}",
    "lead_in_known_query": _lead("resemblance to known queries"),
    "known_queries": _known_queries,
    "best_known_query": (
        lambda value, _: f"the most similar known query of any candidate has {value:.2f}"
    ),
    "share_of_query": _share(QUERY, TITLE),
    "share_of_title": _share(TITLE, QUERY),
    "words_only_in_query": _only_in_query("word", Kind.WORD),
    "words_only_in_title": _only_in_title("word", Kind.WORD),
    "numbers_in_both": _in_both("number", Kind.NUMBER),
    "numbers_only_in_query": _only_in_query("number", Kind.NUMBER),
    "numbers_only_in_title": _only_in_title("number", Kind.NUMBER),
    "codes_in_both": _in_both("model code", Kind.CODE),
    "codes_only_in_query": _only_in_query("model code", Kind.CODE),
    "codes_only_in_title": _only_in_title("model code", Kind.CODE),
    "measures_in_both": _in_both("measure", Kind.MEASURE),
    "measures_only_in_query": _only_in_query("measure", Kind.MEASURE),
    "units_in_both": _in_both("unit", Kind.UNIT),
    "lead_in_shared_text": _lead("text in common with the query"),
    "lead_in_unshared_title": _lead("of its title explained by the query"),
    "weight_of_query": lambda _value, _: "of how much the query says at all",
    "identifier_agrees": _equal("the GTIN, ISBN or part number"),
    "brand_agrees": _equal("the brand"),
    "category_agrees": _equal("the category"),
    "price_apart": lambda value, _: f"one price is {math.exp(value):.2f} times the other",
}
_UNKNOWN: Mapping[str, str] = {
    "known_query": "the product has no known query",
    "lead_in_score": "there is no other candidate",
    "lead_in_shared_text": "there is no other candidate",
    "lead_in_unshared_title": "there is no other candidate",
    "lead_in_known_query": "no other candidate has a known query, or this one has none",
    "best_known_query": "no candidate has a known query",
    "identifier_agrees": "not both have a GTIN, ISBN or part number",
    "brand_agrees": "not both have a brand",
    "category_agrees": "not both have a category",
    "price_apart": "not both have a price",
}
