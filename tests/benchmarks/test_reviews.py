from __future__ import annotations

from benchmarks.reviews import AFTER, BEFORE, RANDOM, Result, divided, gains
from tests.training.products import small_shop
from training.data.splits import SplitKind, split_dataset


def test_what_is_asked_is_neither_trained_on_nor_held_out() -> None:
    shop = small_shop()

    division = divided(shop, 0)

    parts = split_dataset(division.data, SplitKind.GIVEN, 0)
    sizes = [len(part) for part in (parts.train, parts.calibration, parts.test, division.asked)]
    assert sizes == [71, 61, 61, 167]  # of 360: 34 % held out, 30 % of the others trained on
    everything = [*division.data.texts, *division.asked.texts]
    assert sorted(everything) == sorted(shop.texts)


def test_people_know_all_products_that_are_right_for_a_text() -> None:
    division = divided(small_shop(), 0)
    right = division.right()

    assert right.keys() == set(division.asked.texts)
    for row, text in enumerate(division.asked.texts):
        product = division.asked.products[division.asked.relevance.indices[row]]
        assert product.product_id in right[text]
        assert len(set(right[text])) == len(right[text])


def test_the_seed_decides_the_division() -> None:
    first, again, other = (divided(small_shop(), seed) for seed in (0, 0, 1))

    assert first.asked.texts == again.asked.texts
    assert first.asked.texts != other.asked.texts


def test_gains_are_those_of_the_same_seed() -> None:
    def found(*coverages: float) -> list[Result]:
        return [Result(10, 0.5, 0.6, coverage, 0.95) for coverage in coverages]

    results = {BEFORE: found(0.5, 0.7), RANDOM: found(0.5, 0.8), AFTER: found(0.6, 0.8)}

    header, over_before, random, over_random = gains(results)

    assert header == ["gain", "P@1", "C@1(0.95) oracle", "certified at 0.95"]
    assert over_before == ["review labels - before", *["0.000 ± 0.000"] * 2, "0.100 ± 0.000"]
    assert random[-1] == "0.050 ± 0.071"
    assert over_random[-1] == "0.050 ± 0.071"
