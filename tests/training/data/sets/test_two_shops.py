from __future__ import annotations

from pathlib import Path

import pytest

from models.errors import DataError
from tests.training.data.sets.files import answers, write
from training.data.sets.two_shops import load_abt_buy, load_amazon_google, load_walmart_amazon


def test_walmart_offers_without_a_match_are_kept(tmp_path: Path) -> None:
    columns = "id|title|modelno|price|shipweight|brand|dimensions"
    write(tmp_path, "full/walmart.csv", columns, "0|Lamp, red|L1|9.9|2|Neff|", "1|Chair|||||")
    write(tmp_path, "full/amazon.csv", columns, "0|Tent|||||", "1|Red lamp|L1|8.0||Neff|1 x 2")
    write(tmp_path, "full/gt.csv", "D1|D2", "0|1")

    dataset = load_walmart_amazon(tmp_path)

    assert answers(dataset) == [("Lamp, red", ["1"]), ("Chair", [])]
    assert dataset.products[0].attributes == {}
    assert dataset.products[1].attributes == {
        "modelno": "L1",
        "price": "8.0",
        "brand": "Neff",
        "dimensions": "1 x 2",
    }
    walmart = {"modelno": "L1", "price": "9.9", "shipweight": "2", "brand": "Neff"}
    assert dataset.attributes == (walmart, {})


def test_google_offers_are_the_queries_over_amazon(tmp_path: Path) -> None:
    columns = "id#title#description#manufacturer#price"
    write(tmp_path, "full/amazon.csv", columns, "0#Clip art##Broderbund#0.0", "1#Arcserve###")
    write(tmp_path, "full/gp.csv", columns, "0#learning###", "1#clip art 95###", "2#arc serve###")
    write(tmp_path, "full/gt.csv", "D1#D2", "1#2", "0#1")

    dataset = load_amazon_google(tmp_path)

    assert answers(dataset) == [("clip art 95", ["0"]), ("arc serve", ["1"])]
    assert dataset.products[0].attributes == {"manufacturer": "Broderbund", "price": "0.0"}


def write_abt_buy(folder: Path, *matches: str) -> Path:
    write(folder, "full/abt.csv", "id|name|description|price", "5|Sony TV|big|9", "6|Bose|x|")
    write(folder, "full/buy.csv", "id|name|description|price", "5|Bose set||", "6|Sony set||7")
    write(folder, "full/gt.csv", "D1|D2", *matches)
    return folder


def test_abt_offers_are_the_queries_over_buy(tmp_path: Path) -> None:
    dataset = load_abt_buy(write_abt_buy(tmp_path, "5|6"))
    assert answers(dataset) == [("Sony TV", ["6"])]
    assert dataset.products[1].attributes == {"price": "7"}
    assert dataset.attributes == ({"price": "9"},)


def test_a_match_of_an_unknown_offer_is_refused(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="buy: a pair names id '7'"):
        load_abt_buy(write_abt_buy(tmp_path, "5|7"))
