from __future__ import annotations

import re
from dataclasses import replace
from functools import cache
from html.parser import HTMLParser

from tests.training.report.example import NASTY, findings
from training.report.html import WITHIN_BUNDLE, report_html


class Reader(HTMLParser):
    """What a browser would see: the tags, what they load, and the text."""

    def __init__(self, page: bytes) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.loaded: list[str] = []
        self.text = ""
        self.feed(page.decode())

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        named = dict(attrs)
        if tag != "a":
            self.loaded += [named[name] or "" for name in ("src", "href") if name in named]

    def handle_data(self, data: str) -> None:
        self.text += data


@cache
def read(bundle_id: str | None = None) -> Reader:
    return Reader(report_html(findings(), bundle_id))


def test_the_page_loads_nothing_from_anywhere() -> None:
    page = read()
    assert page.loaded
    assert all(address.startswith("data:") for address in page.loaded)
    assert "script" not in page.tags
    assert not re.findall(r"url\(|@import", report_html(findings()).decode())


def test_text_of_the_data_is_text_on_the_page() -> None:
    page = read()
    # The facts, the query and its answer.
    assert page.text.count(NASTY) == 3


def test_every_picture_says_what_it_shows_how_to_read_it_and_what_to_do() -> None:
    page = read()
    pictures = page.tags.count("img")
    assert pictures == 4
    for words in ("What it shows.", "How to read it.", "What to do."):
        assert page.text.count(words) == pictures


def test_the_head_names_data_split_seeds_and_bundle() -> None:
    assert WITHIN_BUNDLE in read().text
    named = read("20261123T000000Z-0123456789ab").text
    assert "20261123T000000Z-0123456789ab" in named
    assert WITHIN_BUNDLE not in named
    for words in ("offers", "dddddddddddddddd", "1,200", "7"):
        assert words in named


def test_promises_kept_and_refused_are_told_with_their_evidence() -> None:
    text = read().text
    assert "100 of 1,200 calibration queries reach the threshold and 4 of them are wrong" in text
    assert "Precision 0.95 cannot be promised" in text


def test_settings_groups_and_errors_are_on_the_page() -> None:
    text = read().text
    for words in ("training.tcm.weight", "0.25", "phones", "0.9100", "not in the catalogue"):
        assert words in text


def test_what_was_not_made_is_left_out() -> None:
    bare = replace(findings(), scores=(), groups=(), errors=(), what_if=())
    page = Reader(report_html(bare))
    assert page.tags.count("img") == 1
    assert "No answer was wrong." in page.text
    assert "no categories to compare" in page.text
