from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest

from models.bundle.bundle import Bundle
from models.bundle.load import load_bundle
from models.bundle.publish import publish
from service.catalogue.found import MatchedBy
from service.catalogue.service import CatalogueSearch
from tests.small_bundle import CREATED_AT, TITLES, remembering, small_contents
from tests.small_decider import deciding

ID, WORDS, SIMILARITY = MatchedBy


@pytest.fixture
def bundle(tmp_path: Path) -> Bundle:
    return _bundle(tmp_path, TITLES)


def _bundle(directory: Path, titles: Sequence[str]) -> Bundle:
    published = publish(directory / "bundles", small_contents(titles), created_at=CREATED_AT)
    return load_bundle(published)


def _search(bundle: Bundle, query: str, limit: int = 3) -> list[tuple[str, MatchedBy]]:
    found = CatalogueSearch().search(bundle, query, limit)
    return [(one.product.product_id, one.matched_by) for one in found]


def test_titles_with_all_words_come_before_those_that_are_only_alike(bundle: Bundle) -> None:
    found = _search(bundle, "64gb s9", limit=8)
    assert found[0] == ("p2", WORDS)
    assert {reason for _, reason in found[1:]} == {SIMILARITY}
    assert len({product for product, _ in found}) == len(found) == 8


def test_an_id_is_found_first_and_once(bundle: Bundle) -> None:
    assert _search(bundle, "p4")[0] == ("p4", ID)
    assert [product for product, _ in _search(bundle, "p4", limit=8)].count("p4") == 1


def test_a_misspelt_word_still_finds_what_is_alike(bundle: Bundle) -> None:
    assert _search(bundle, "headphnes sony wh1000xm3")[0] == ("p5", SIMILARITY)


def test_whole_words_come_before_parts_of_words(tmp_path: Path) -> None:
    titles = ("Case for iPhones", "MyiPhone stand", "iPhone", "Sony TV")
    found = _search(_bundle(tmp_path, titles), "iphone", limit=4)
    assert found[:3] == [("p2", WORDS), ("p0", WORDS), ("p1", WORDS)]


def test_among_equals_what_is_most_alike_comes_first(tmp_path: Path) -> None:
    titles = ("Silver Cutlery Set of Forks Knives and Spoons", "Apple iPhone Silver", "Sony")
    found = _search(_bundle(tmp_path, titles), "silver", limit=2)
    assert found == [("p1", WORDS), ("p0", WORDS)]


@pytest.mark.parametrize("limit", [1, 2, 8])
def test_no_more_are_returned_than_asked_for(bundle: Bundle, limit: int) -> None:
    assert len(_search(bundle, "apple", limit)) == limit


@pytest.mark.parametrize("query", ["", "+++", "\ud83d\ude00 日本"])
def test_where_nothing_is_known_nothing_is_found(bundle: Bundle, query: str) -> None:
    assert _search(bundle, query) == []


def test_neither_training_queries_nor_the_decider_take_part(tmp_path: Path) -> None:
    plain = small_contents()
    opinionated = remembering(deciding(plain, candidates=6), {"apple": 6})
    bundles = [
        load_bundle(publish(tmp_path / name, contents, created_at=CREATED_AT))
        for name, contents in (("plain", plain), ("opinionated", opinionated))
    ]
    answers = [bundle.runtime.candidates(["apple"], 8).rows[0].tolist() for bundle in bundles]
    assert answers[0] != answers[1]
    assert _search(bundles[0], "apple", 8) == _search(bundles[1], "apple", 8)


def test_the_next_bundle_is_searched_as_soon_as_it_is_given(bundle: Bundle, tmp_path: Path) -> None:
    search = CatalogueSearch()
    assert search.search(bundle, "canon", 1)[0].product.title == "Canon EOS 2000D Body"
    following = _bundle(tmp_path / "next", ("Canon Printer", "Sony"))
    assert search.search(following, "canon", 1)[0].product.title == "Canon Printer"
