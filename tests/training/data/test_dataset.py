from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from models.catalogue import Product
from models.errors import DataError
from training.data.dataset import Dataset, digest, relevance_matrix

LAMP, CHAIR, TABLE = Product("l", "Lamp"), Product("c", "Chair"), Product("t", "Table")


@pytest.fixture
def dataset() -> Dataset:
    return Dataset(
        texts=("a lamp", "a set", "no idea"),
        sources=("shop", "shop", ""),
        categories=("light", "furniture", ""),
        products=(LAMP, CHAIR, TABLE),
        relevance=relevance_matrix([(0,), (2, 1), ()], 3),
    )


def test_relevance_may_hold_several_products_or_none(dataset: Dataset) -> None:
    assert dataset.relevance.toarray().tolist() == [[1, 0, 0], [0, 1, 1], [0, 0, 0]]
    assert dataset.answerable.tolist() == [True, True, False]


def test_a_product_named_twice_counts_once() -> None:
    assert relevance_matrix([(1, 1)], 2).toarray().tolist() == [[0, 1]]


def test_a_subset_keeps_the_given_order_and_all_products(dataset: Dataset) -> None:
    subset = dataset.subset(np.array([2, 0]))
    assert subset.texts == ("no idea", "a lamp")
    assert subset.categories == ("", "light")
    assert subset.relevance.toarray().tolist() == [[0, 0, 0], [1, 0, 0]]
    assert subset.products == dataset.products


def test_a_query_whose_product_leaves_the_catalogue_has_no_answer(dataset: Dataset) -> None:
    reduced = dataset.with_products(np.array([2, 1]))
    assert reduced.products == (TABLE, CHAIR)
    assert reduced.relevance.toarray().tolist() == [[0, 0], [1, 1], [0, 0]]
    assert reduced.answerable.tolist() == [False, True, False]


def test_parts_of_different_length_are_refused(dataset: Dataset) -> None:
    with pytest.raises(DataError, match="one text, source and category per query"):
        replace(dataset, texts=("only one",))
    with pytest.raises(DataError, match="3 columns for 2 products"):
        replace(dataset, products=(LAMP, CHAIR))


def test_what_is_filtered_and_held_out_follows_its_queries_and_products(dataset: Dataset) -> None:
    marked = replace(
        dataset,
        filtered=relevance_matrix([(1,), (), (0, 2)], 3),
        held_out=np.array([False, False, True]),
    )
    part = marked.with_products(np.array([2, 0])).subset(np.array([2, 0]))
    assert part.filtered is not None
    assert part.filtered.toarray().tolist() == [[1, 1], [0, 0]]
    assert part.held_out is not None
    assert part.held_out.tolist() == [True, False]


def test_marks_of_another_shape_are_refused(dataset: Dataset) -> None:
    with pytest.raises(DataError, match=r"filtered has shape \(3, 2\), relevance \(3, 3\)"):
        replace(dataset, filtered=relevance_matrix([(), (), ()], 2))
    with pytest.raises(DataError, match=r"\(2,\) held-out marks for 3 queries"):
        replace(dataset, held_out=np.array([True, False]))


def test_attributes_follow_their_queries(dataset: Dataset) -> None:
    known = replace(dataset, attributes=({"brand": "neff"}, {}, {"ean": "4242"}))
    part = known.with_products(np.array([2, 0])).subset(np.array([2, 0]))
    assert part.attributes == ({"ean": "4242"}, {"brand": "neff"})
    assert dataset.subset(np.array([1])).attributes is None


def test_attributes_of_another_length_are_refused(dataset: Dataset) -> None:
    with pytest.raises(DataError, match="2 attributes for 3 queries"):
        replace(dataset, attributes=({}, {}))


def test_the_order_of_attributes_changes_no_digest(dataset: Dataset) -> None:
    one, other = {"a": "1", "b": "2"}, {"b": "2", "a": "1"}
    first, again = (replace(dataset, attributes=(known, {}, {})) for known in (one, other))
    assert digest(first) == digest(again)


def test_a_pair_takes_five_bytes() -> None:
    relevance = relevance_matrix([(0, 1), (2,)], 3)
    assert relevance.indices.dtype == relevance.indptr.dtype == np.int32
    assert relevance.data.dtype == np.bool_


def test_the_digest_is_of_the_content(dataset: Dataset) -> None:
    copy = replace(dataset, relevance=relevance_matrix([(0,), (1, 2), ()], 3))
    assert digest(copy) == digest(dataset)
    assert len(digest(dataset)) == 64


def test_a_long_list_is_digested_as_a_short_one(
    dataset: Dataset, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = digest(dataset)
    monkeypatch.setattr("training.data.dataset.DIGESTED_AT_ONCE", 2)
    assert digest(dataset) == whole


@pytest.mark.parametrize(
    "change",
    [
        {"texts": ("a lamp", "a set", "No idea")},
        {"texts": ("a lampa", " set", "no idea")},
        {"sources": ("shop", "shop", "shop")},
        {"categories": ("light", "light", "")},
        {"products": (LAMP, CHAIR, Product("t", "Table", {"colour": "red"}))},
        {"products": (LAMP, CHAIR, Product("T", "Table"))},
        {"relevance": relevance_matrix([(0,), (1,), ()], 3)},
        {"relevance": relevance_matrix([(0,), (1,), (2,)], 3)},
        {"filtered": relevance_matrix([(1,), (), ()], 3)},
        {"filtered": relevance_matrix([(), (), ()], 3)},
        {"held_out": np.array([False, False, False])},
        {"held_out": np.array([False, True, False])},
        {"attributes": ({}, {}, {})},
        {"attributes": ({"brand": "neff"}, {}, {})},
        {"attributes": ({}, {"brand": "neff"}, {})},
        {"attributes": ({"brand": "bosch"}, {}, {})},
    ],
)
def test_any_change_changes_the_digest(dataset: Dataset, change: dict[str, object]) -> None:
    changed = replace(dataset, **change)  # type: ignore[arg-type]
    assert digest(changed) != digest(dataset)


def test_queries_follow_others_over_the_same_products(dataset: Dataset) -> None:
    marked = replace(dataset, held_out=np.array([False, True, False]), filtered=dataset.relevance)
    other = replace(dataset.subset(np.array([1])), attributes=({"brand": "Ikea"},))

    both = marked.followed_by(other)

    assert both.texts == ("a lamp", "a set", "no idea", "a set")
    assert both.relevance.toarray().tolist() == [[1, 0, 0], [0, 1, 1], [0, 0, 0], [0, 1, 1]]
    assert both.relevance.dtype == np.bool_
    assert both.held_out is not None
    assert both.held_out.tolist() == [False, True, False, False]
    assert both.filtered is not None
    assert both.filtered.toarray().any(axis=1).tolist() == [True, True, False, False]
    assert both.attributes == ({}, {}, {}, {"brand": "Ikea"})


def test_no_further_queries_change_nothing(dataset: Dataset) -> None:
    assert dataset.followed_by(dataset.subset(np.empty(0, np.int64))) is dataset
    assert dataset.followed_by(dataset).attributes is dataset.attributes is None
