from __future__ import annotations

from models.catalogue import Product
from tests.training.data.sets.files import answers
from training.data.sets.groups import Offer, joined, offers_to_products


def offer(number: int, *, held_out: bool = False) -> Offer:
    return Offer(Product(f"p{number}", f"offer {number}", {"category": "c"}), held_out)


def test_pairs_are_joined_along_chains_and_numbered_as_they_come() -> None:
    assert joined([(4, 2), (2, 1)], 5).tolist() == [0, 1, 1, 2, 1]
    assert joined([], 2).tolist() == [0, 1]


def test_the_first_offer_names_the_product_and_the_others_are_queries() -> None:
    dataset = offers_to_products([offer(at) for at in range(5)], [7, 5, 7, 7, 5], smallest=2)
    assert [product.title for product in dataset.products] == ["offer 0", "offer 1"]
    assert answers(dataset) == [("offer 2", ["p0"]), ("offer 3", ["p0"]), ("offer 4", ["p1"])]
    assert dataset.categories == ("c", "c", "c")
    assert dataset.attributes == ({"category": "c"},) * 3
    assert dataset.held_out is None


def test_an_offer_that_is_not_held_out_names_the_product_if_there_is_one() -> None:
    offers = [offer(0, held_out=True), offer(1), offer(2, held_out=True), offer(3, held_out=True)]
    dataset = offers_to_products(offers, [0, 0, 1, 1], smallest=2)
    assert answers(dataset) == [("offer 0", ["p1"]), ("offer 3", ["p2"])]
    assert dataset.held_out is not None
    assert dataset.held_out.tolist() == [True, True]


def test_groups_that_are_too_small_are_left_out() -> None:
    offers = [offer(at) for at in range(3)]
    assert len(offers_to_products(offers, [0, 0, 1], smallest=2).products) == 1
    assert len(offers_to_products(offers, [0, 0, 1], smallest=1).products) == 2
