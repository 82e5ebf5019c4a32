from __future__ import annotations

import json
from pathlib import Path

import pytest

from models.errors import DataError
from tests.training.data.sets.files import answers, write
from training.data.sets.alaska_cameras import load_alaska_cameras
from training.data.sets.bundle_intent import load_bundle_intent
from training.data.sets.esci_mini import load_esci_mini


def test_camera_offers_lead_to_the_first_offer_of_the_camera(tmp_path: Path) -> None:
    columns = "_id,description,brand,model,type,mp,optical_zoom,digital_zoom,screen_size,price"
    rows = ["s//1,nikon one,nikon,,,16.0,,,,", "s//2,one by nikon,,,,,,,,", "s//3,canon,,,,,,,,"]
    write(tmp_path, "dataset.csv", columns, *rows)
    write(tmp_path, "matches.csv", "l_id,r_id", "s//2,s//1")
    dataset = load_alaska_cameras(tmp_path)
    assert answers(dataset) == [("one by nikon", ["s//1"])]
    assert [product.product_id for product in dataset.products] == ["s//1", "s//3"]
    assert dataset.products[0].attributes == {"brand": "nikon", "mp": "16.0"}


def write_bundles(folder: Path) -> Path:
    for domain in ("electronic", "clothing", "food"):
        write(folder, f"{domain}/item_titles.csv", "item ID,titles", "1,Disk", "2,Hat", "3,Tea")
        write(folder, f"{domain}/bundle_intent.csv", "bundle ID,intent", "0,for me ", "1,for me")
        write(folder, f"{domain}/bundle_item.csv", "bundle ID,item ID", "0,1", "0,2", "1,2")
    write(folder, "food/bundle_intent.csv", "bundle ID,intent", "0,", "1,tea time")
    return folder


def test_bundles_of_equal_intent_are_one_query_of_their_domain(tmp_path: Path) -> None:
    dataset = load_bundle_intent(write_bundles(tmp_path))
    assert answers(dataset) == [
        ("for me", ["electronic 1", "electronic 2"]),
        ("for me", ["clothing 1", "clothing 2"]),
        ("tea time", ["food 2"]),
    ]
    assert dataset.categories == ("electronic", "clothing", "food")
    assert len(dataset.products) == 9
    assert dataset.products[0].attributes == {"category": "electronic"}


def test_a_bundle_that_is_not_listed_is_refused(tmp_path: Path) -> None:
    write(write_bundles(tmp_path), "food/bundle_item.csv", "bundle ID,item ID", "7,1")
    with pytest.raises(DataError, match="food/bundle_item: bundle '7' has no intent"):
        load_bundle_intent(tmp_path)


def write_esci(folder: Path, *judgments: str) -> Path:
    towel = {
        "asin": "T",
        "title": "Kitchen towel",
        "brand": "Utopia",
        "color": None,
        "price": 9.9,
        "category": ["Home", "Linen"],
        "description": "x" * 2000,
    }
    products = [towel, {"asin": "R", "title": "Rug", "category": []}]
    write(folder, "products.jsonl", *(json.dumps(product) for product in products))
    write(folder, "judgments.csv", "query_id,query,product_id,rating,esci_label", *judgments)
    return folder


def test_only_exact_products_are_right_for_a_search(tmp_path: Path) -> None:
    write_esci(tmp_path, "0,towels,T,100.0,E", "0,towels,R,10.0,S", "1,rope,R,0.0,I")
    dataset = load_esci_mini(tmp_path)
    assert answers(dataset) == [("towels", ["T"]), ("rope", [])]
    assert dataset.products[0].attributes == {"brand": "Utopia", "price": "9.9", "category": "Home"}
    assert dataset.products[1].attributes == {}


def test_a_search_of_two_texts_is_refused(tmp_path: Path) -> None:
    write_esci(tmp_path, "0,towels,T,100.0,E", "0,rope,R,10.0,S")
    with pytest.raises(DataError, match=r"judgments\.csv\.gz:3: query 0 has two texts"):
        load_esci_mini(tmp_path)
