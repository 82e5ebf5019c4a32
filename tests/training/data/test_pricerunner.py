from __future__ import annotations

from pathlib import Path

import pytest

from models.catalogue import Catalogue
from models.errors import DataError
from training.data.dataset import Dataset
from training.data.pricerunner import SAMPLE_FILE, load_pricerunner

HEADER = (
    "Product ID,Product Title, Merchant ID, Cluster ID, Cluster Label,"
    " Category ID, Category Label\n"
)


@pytest.fixture(scope="module")
def sample() -> Dataset:
    return load_pricerunner()


def write(directory: Path, *rows: str) -> Path:
    path = directory / "offers.csv"
    path.write_text(HEADER + "".join(f"{row}\n" for row in rows))
    return path


def test_the_sample_is_whole(sample: Dataset) -> None:
    assert len(sample) == 35_311
    assert len(sample.products) == 12_849
    assert len(set(sample.sources)) == 306
    assert len(set(sample.categories)) == 10


def test_every_offer_of_the_sample_has_exactly_one_product(sample: Dataset) -> None:
    assert sample.relevance.nnz == len(sample)
    assert sample.answerable.all()


def test_products_of_the_sample_make_a_catalogue(sample: Dataset) -> None:
    catalogue = Catalogue(sample.products)
    assert len({product.title for product in catalogue.products}) == len(catalogue)
    assert catalogue[0].product_id == "1"
    assert catalogue[0].title == "Apple iPhone 8 Plus 64GB"
    assert catalogue[0].attributes == {"category": "Mobile Phones"}
    assert sample.texts[0] == "apple iphone 8 plus 64gb silver"
    assert sample.relevance[[0]].indices.tolist() == [0]


def test_the_sample_is_small_and_attributed() -> None:
    assert SAMPLE_FILE.stat().st_size < 1_000_000
    attribution = SAMPLE_FILE.with_name("ATTRIBUTION.md").read_text()
    assert "CC BY 4.0" in attribution
    assert "10.24432/C5M91Z" in attribution


def test_equal_labels_are_one_product_named_by_the_smallest_cluster(tmp_path: Path) -> None:
    path = write(
        tmp_path,
        "1,offer one,7,10,Swan Blue,1,Fridges",
        "2,offer two,8,9,Swan Blue,2,Freezers",
        "3,offer three,8,11,Swan Red,2,Freezers",
    )
    dataset = load_pricerunner(path)
    assert [product.product_id for product in dataset.products] == ["9", "11"]
    assert dataset.products[0].attributes == {"category": "Freezers"}
    assert dataset.relevance.toarray().tolist() == [[1, 0], [1, 0], [0, 1]]
    assert dataset.sources == ("7", "8", "8")
    assert dataset.categories == ("Fridges", "Freezers", "Freezers")


def test_a_cluster_with_two_labels_is_refused(tmp_path: Path) -> None:
    path = write(tmp_path, "1,one,7,10,Swan Blue,1,Fridges", "2,two,8,10,Swan Red,1,Fridges")
    with pytest.raises(DataError, match=r"offers.csv:3: cluster '10'.* 'Swan Blue' on line 2"):
        load_pricerunner(path)


def test_a_bad_offer_stops_the_loading(tmp_path: Path) -> None:
    path = write(tmp_path, "1,one,7,10,Swan Blue,1,Fridges", "2,,8,10,Swan Blue,1,Fridges")
    with pytest.raises(DataError, match=r"offers.csv:3: column 'Product Title' is empty"):
        load_pricerunner(path)
