"""What became of each label, by its source."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from models.bundle.reviews import ReviewReport, ReviewSource
from training.reviews.label import Place


class LeftOut(StrEnum):
    """Why a label that could have been used was not."""

    WITHDRAWN = "withdrawn"
    SUPERSEDED = "superseded"
    NOT_FINAL = "not final"
    UNSURE = "unsure"
    READ_AGAIN = "in a later row again"
    ANSWERED_ANEW = "answered anew"
    DRAWN_TOO = "text also drawn at random"
    UNKNOWN_PRODUCT = "unknown product"
    IN_CALIBRATION = "text in calibration part"
    IN_TEST = "text in test part"
    IN_DECIDER = "text in decider part"
    SHOP_HELD_OUT = "shop held out"
    NOTHING_TO_LEARN = "no right product, and no decider"


class Used(StrEnum):
    """What a label that is used says of the catalogue."""

    RIGHT = "right product"
    NONE = "no right product"


@dataclass(slots=True)
class Tally:
    """Counts by source number and outcome."""

    used: Counter[tuple[int, str]] = field(default_factory=Counter)
    refused: Counter[tuple[int, str]] = field(default_factory=Counter)
    left_out: Counter[tuple[int, str]] = field(default_factory=Counter)

    def use(self, place: Place, what: Used) -> None:
        self.used[place.source, what] += 1

    def refuse(self, place: Place, streams: str) -> None:
        self.refused[place.source, streams] += 1

    def leave_out(self, place: Place, reason: LeftOut) -> None:
        self.left_out[place.source, reason] += 1

    def copy(self) -> Tally:
        """Return one that can be counted on without changing this one."""
        return Tally(self.used.copy(), self.refused.copy(), self.left_out.copy())

    def report(self, sources: Sequence[tuple[str, str]]) -> ReviewReport:
        """Return the counts of the sources, each given as its name and SHA-256."""
        return ReviewReport(
            sources=tuple(
                ReviewSource(
                    source=name,
                    sha256=sha256,
                    used=_of(self.used, number),
                    refused=_of(self.refused, number),
                    left_out=_of(self.left_out, number),
                )
                for number, (name, sha256) in enumerate(sources)
            )
        )


def _of(counts: Counter[tuple[int, str]], source: int) -> dict[str, int]:
    return {
        str(what): count for (number, what), count in sorted(counts.items()) if number == source
    }
