"""A label as an export has it, and the one kind of it that training takes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from models.errors import WrongStream
from models.text import normalised


class Stream(StrEnum):
    """What a label may be used for: `review` to train, the others for what is promised."""

    REVIEW = "review"
    AUDIT = "audit"
    CALIBRATION = "calibration"


@dataclass(frozen=True, slots=True)
class Place:
    """Where a label is written: in which of the sources, by its number and name, and its line."""

    source: int
    file: str
    line: int


@dataclass(frozen=True, slots=True)
class Label:
    """What a person said is right for a query; without `product_ids`: no product is."""

    place: Place
    query: str
    source: str
    attributes: Mapping[str, str]
    product_ids: tuple[str, ...]
    streams: frozenset[Stream]

    @property
    def text(self) -> str:
        """Return what makes two queries the same text."""
        return normalised(self.query)


@dataclass(frozen=True, slots=True)
class ReviewLabel:
    """A label that may train: of the stream review, and of no other.

    A label that was drawn at random is needed for what is promised, whatever else it is: a model
    that learnt its answer would be measured on it.
    """

    label: Label

    def __post_init__(self) -> None:
        """Raise WrongStream for a label of another stream."""
        others = drawn_for(self.label)
        if others:
            raise WrongStream(
                f"{self.label.place.file}:{self.label.place.line}: a label of the stream {others}"
                f" cannot train; {REASON}"
            )


REASON = "it was drawn at random, to prove what is promised"


def drawn_for(label: Label) -> str:
    """Return the streams beside review that a label belongs to, in words; "" where none."""
    return " and ".join(sorted(label.streams - {Stream.REVIEW}))
