from __future__ import annotations

from pathlib import Path

from tests.training.data.sets.files import answers, write
from training.data.dataset import Dataset
from training.data.sets.wdc_block import load_wdc_block_small
from training.data.sets.wdc_lspc import load_wdc_lspc_pairs
from training.data.sets.wdc_products import load_wdc_products

BLOCK = "id,brand,title,description,price,cluster_id,pricecurrency,page_url"
BLOCK_PAIRS = "ltable_id,rtable_id,label,cluster_id_left,cluster_id_right,pair_id"
PRODUCTS = "id,brand,title,description,price,pricecurrency,specTableContent,cluster_id"
IDS = "ltable_id,rtable_id,label"
TITLES = "title_left,title_right,label"


def held_out(dataset: Dataset) -> list[str]:
    assert dataset.held_out is not None
    return [text for text, out in zip(dataset.texts, dataset.held_out, strict=True) if out]


def write_block(folder: Path, test: str) -> Path:
    """A0, A1 and B0, B1 are one product, by a chain of pairs; A2 and B2 one; A3, B3 in none."""
    for table in ("A", "B"):
        rows = [f"{at},,offer {table}{at},long,{at},9,EUR,url" for at in range(4)]
        write(folder, f"table{table}.csv", BLOCK, *rows)
    write(folder, "train.csv", BLOCK_PAIRS, "0,0,1,1,2,x", "1,0,1,1,2,x", "3,3,0,9,9,x")
    write(folder, "valid.csv", BLOCK_PAIRS, "1,1,1,1,2,x")
    write(folder, "test.csv", BLOCK_PAIRS, "2,2,1,1,2,x", test)
    return folder


def test_groups_of_block_join_the_positive_pairs_never_the_cluster_ids(tmp_path: Path) -> None:
    dataset = load_wdc_block_small(write_block(tmp_path, "3,3,0,9,9,x"))
    assert answers(dataset) == [
        ("offer A0", ["0", "1"]),
        ("offer A1", ["0", "1"]),
        ("offer A2", ["2"]),
    ]
    assert len(dataset.products) == 4
    assert dataset.products[0].title == "offer B0"
    assert dataset.products[0].attributes == {"price": "0", "pricecurrency": "EUR"}
    assert dataset.attributes
    assert dataset.attributes[2] == {"price": "2", "pricecurrency": "EUR"}
    assert held_out(dataset) == ["offer A2"]


def test_a_negative_test_pair_keeps_its_groups_out_of_training_too(tmp_path: Path) -> None:
    dataset = load_wdc_block_small(write_block(tmp_path, "3,1,0,9,9,x"))
    assert held_out(dataset) == ["offer A0", "offer A1", "offer A2"]


def test_offers_of_wdc_products_lead_to_another_offer_of_the_product(tmp_path: Path) -> None:
    write(
        tmp_path,
        "tableA.csv",
        PRODUCTS,
        "1,,tested,,5,EUR,,c1",
        "2,Neff,trained,,,,,c1",
        "3,,also trained,,,,,c1",
        "4,,unseen,,,,,c2",
        "5,,unseen too,,,,,c2",
    )
    write(tmp_path, "test.csv", IDS, "1,4,0", "4,5,1")
    dataset = load_wdc_products(tmp_path)
    assert answers(dataset) == [
        ("tested", ["c1"]),
        ("also trained", ["c1"]),
        ("unseen too", ["c2"]),
    ]
    assert [product.title for product in dataset.products] == ["trained", "unseen"]
    assert dataset.products[0].attributes == {"brand": "Neff"}
    assert dataset.attributes == ({"price": "5", "pricecurrency": "EUR"}, {}, {})
    assert held_out(dataset) == ["tested", "unseen too"]


def test_titles_of_lspc_are_joined_within_their_category(tmp_path: Path) -> None:
    for name in ("cameras", "computers", "shoes", "watches"):
        write(tmp_path, f"{name}_train.csv", TITLES, "x,y,0")
        write(tmp_path, f"{name}_test.csv", TITLES, "x,y,0")
    write(tmp_path, "cameras_train.csv", TITLES, "360 cam,360Orb,1", "360Orb,Orb,1", "Orb,y,0")
    write(tmp_path, "shoes_test.csv", TITLES, "360 cam,a shoe,1")
    dataset = load_wdc_lspc_pairs(tmp_path)
    assert [product.title for product in dataset.products] == ["360 cam", "360 cam"]
    assert dataset.texts == ("360Orb", "Orb", "a shoe")
    assert dataset.categories == ("cameras", "cameras", "shoes")
    assert dataset.relevance.toarray().astype(int).tolist() == [[1, 0], [1, 0], [0, 1]]
    assert held_out(dataset) == ["a shoe"]
