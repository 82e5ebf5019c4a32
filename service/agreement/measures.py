"""How far people agree who label the same things with names that have no order.

A unit is one thing with what each person who saw it called it; who did not see it is missing.
Where a measure is not defined the result is None, never a number. The counts are whole numbers up
to the last division, so that "not defined" is exact.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Mapping, Sequence
from itertools import combinations

Label = Hashable
Unit = Mapping[str, Label]  # by person
Pair = tuple[Label, Label]


def all_pairs(units: Sequence[Unit]) -> list[Pair]:
    """Return every two labels that two persons gave the same unit."""
    return [pair for unit in units for pair in combinations(unit.values(), 2)]


def pairs_of(units: Sequence[Unit], person: str) -> list[Pair]:
    """Return the person's label of each unit beside that of each other person."""
    return [
        (unit[person], label)
        for unit in units
        if person in unit
        for other, label in unit.items()
        if other != person
    ]


def pairs_between(units: Sequence[Unit], one: str, other: str) -> list[Pair]:
    """Return the labels of the units that both have labelled."""
    return [(unit[one], unit[other]) for unit in units if one in unit and other in unit]


def raw_agreement(pairs: Sequence[Pair]) -> float | None:
    """Return the share of pairs whose labels are the same, None without pairs."""
    return _agreeing(pairs) / len(pairs) if pairs else None


def cohen_kappa(pairs: Sequence[Pair]) -> float | None:
    """Return Cohen's kappa of two raters who labelled the same things.

    kappa = (p_o - p_e) / (1 - p_e), where p_o is the share of the n pairs whose labels are the
    same, and p_e = sum_k n1(k) n2(k) / n^2 what two raters would reach by chance who use the labels
    as often as these two. None without pairs, and where both give everything the one same label.

    J. Cohen (1960), "A coefficient of agreement for nominal scales", Educational and Psychological
    Measurement 20(1), 37-46.
    """
    first, second = (Counter(pair[side] for pair in pairs) for side in (0, 1))
    by_chance = sum(count * second[label] for label, count in first.items())  # n^2 p_e
    room = len(pairs) ** 2 - by_chance
    return (len(pairs) * _agreeing(pairs) - by_chance) / room if room else None


def krippendorff_alpha(units: Sequence[Unit]) -> float | None:
    """Return Krippendorff's alpha for nominal labels, any number of raters and missing labels.

    alpha = 1 - D_o / D_e. Of each unit with m >= 2 labels, of which n_u(k) are k, every ordered
    pair of labels counts 1 / (m - 1):

        D_o = sum_u (m^2 - sum_k n_u(k)^2) / (m - 1)     disagreement that was observed
        D_e = (n^2 - sum_k n(k)^2) / (n - 1)             disagreement to expect by chance

    where n(k) counts the label k over these units and n all of their labels (both without their
    common factor 1 / n). None without a unit of two labels, and where all labels are the same.

    K. Krippendorff (2011), "Computing Krippendorff's alpha-reliability", University of
    Pennsylvania.
    """
    of_units = [Counter(unit.values()) for unit in units if len(unit) > 1]
    counts: Counter[Label] = sum(of_units, Counter())
    total = counts.total()
    unlike = total**2 - _squares(counts)
    if not unlike:
        return None
    observed = sum((unit.total() ** 2 - _squares(unit)) / (unit.total() - 1) for unit in of_units)
    return 1 - observed * (total - 1) / unlike


def _agreeing(pairs: Sequence[Pair]) -> int:
    return sum(one == other for one, other in pairs)


def _squares(counts: Counter[Label]) -> int:
    return sum(count**2 for count in counts.values())
