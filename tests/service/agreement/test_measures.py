"""Every value is derived by hand, and Krippendorff's alpha also compared with a package."""

from __future__ import annotations

import itertools

import hypothesis.strategies as st
import krippendorff
import numpy as np
import pytest
from hypothesis import given

from service.agreement.measures import (
    Unit,
    all_pairs,
    cohen_kappa,
    krippendorff_alpha,
    pairs_between,
    pairs_of,
    raw_agreement,
)

NOT_SEEN = "."


def units(**persons: str) -> list[Unit]:
    """Return what persons said; each gives one letter for each unit, a dot where it saw none."""
    return [
        {person: label for person, label in zip(persons, labels, strict=True) if label != NOT_SEEN}
        for labels in zip(*persons.values(), strict=True)
    ]


def test_raw_agreement_is_the_share_of_equal_pairs() -> None:
    # The three persons make 3 pairs in the first unit, 1 of them equal, and 1 pair in the second.
    said = units(ann="aa", bob="aa", eve="b.")
    assert raw_agreement(all_pairs(said)) == 2 / 4


def test_a_person_is_compared_with_all_others() -> None:
    said = units(ann="ab", bob="aa", eve="b.")
    assert pairs_of(said, "ann") == [("a", "a"), ("a", "b"), ("b", "a")]
    assert pairs_between(said, "eve", "ann") == [("b", "a")]


def test_kappa_by_hand() -> None:
    # 50 things: both yes 20, only the first yes 5, only the second yes 10, both no 15.
    # p_o = 35/50 = 0.7; p_e = (25 * 30 + 25 * 20) / 2500 = 0.5; kappa = 0.2 / 0.5.
    pairs = [*[("y", "y")] * 20, *[("y", "n")] * 5, *[("n", "y")] * 10, *[("n", "n")] * 15]
    assert cohen_kappa(pairs) == pytest.approx(0.4)


def test_kappa_is_one_where_all_is_the_same_and_negative_where_all_differs() -> None:
    assert cohen_kappa([("a", "a"), ("b", "b")]) == 1
    # p_o = 0, p_e = (1 * 1 + 1 * 1) / 4 = 0.5; kappa = -0.5 / 0.5.
    assert cohen_kappa([("a", "b"), ("b", "a")]) == -1


def test_alpha_by_hand() -> None:
    # Two persons, 10 units, of which two differ. n = 20 labels: 14 a and 6 b.
    # D_o = 2 (4 - 2) / 1 = 4; D_e = (400 - 196 - 36) / 19; alpha = 1 - 4 * 19 / 168.
    said = units(ann="aaaaaaabbb", bob="aaaaaabbba")
    assert krippendorff_alpha(said) == pytest.approx(1 - 76 / 168)


def test_alpha_of_the_published_example() -> None:
    # Krippendorff (2011), four observers, twelve units, nominal: 0.743.
    said = units(a="123321412...", b="1233224125.3", c=".3332342251.", d="12332441251.")
    assert krippendorff_alpha(said) == pytest.approx(0.743, abs=0.0005)


@pytest.mark.parametrize(
    "said",
    [
        pytest.param(units(ann=""), id="nothing"),
        pytest.param(units(ann="abc"), id="one person"),
        pytest.param(units(ann="a.", bob=".b"), id="no unit of two"),
        pytest.param(units(ann="aaa", bob="aaa"), id="one label only"),
    ],
)
def test_what_is_not_defined_is_none(said: list[Unit]) -> None:
    assert krippendorff_alpha(said) is None
    assert cohen_kappa(all_pairs(said)) is None


def test_without_pairs_there_is_no_raw_agreement() -> None:
    assert raw_agreement([]) is None


LABELS = st.sampled_from(["a", "b", "c", NOT_SEEN])
SHEETS = st.integers(1, 12).flatmap(
    lambda width: st.lists(st.text(LABELS, min_size=width, max_size=width), min_size=2, max_size=5)
)


@given(SHEETS)
def test_alpha_is_that_of_the_package(sheets: list[str]) -> None:
    said = units(**{f"person{place}": sheet for place, sheet in enumerate(sheets)})
    ours = krippendorff_alpha(said)
    if ours is not None:
        assert ours == pytest.approx(_by_package(said))


@given(SHEETS)
def test_the_order_of_persons_changes_nothing(sheets: list[str]) -> None:
    found = {
        krippendorff_alpha(units(**{f"person{sheet}{at}": sheet for at, sheet in enumerate(order)}))
        for order in itertools.islice(itertools.permutations(sheets), 6)
    }
    assert len(found) == 1


def _by_package(said: list[Unit]) -> float:
    persons = sorted({person for unit in said for person in unit})
    data = [
        [ord(str(unit[person])) if person in unit else np.nan for unit in said]
        for person in persons
    ]
    return float(krippendorff.alpha(reliability_data=data, level_of_measurement="nominal"))
