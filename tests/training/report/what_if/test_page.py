from __future__ import annotations

import base64
import hashlib
import json
import re
from html.parser import HTMLParser
from importlib.resources import files

import pytest

from tests.training.report.example import NASTY, WHAT_IF
from training.report.what_if.chart import what_if_chart
from training.report.what_if.page import SCRIPTS, licence, what_if_page

PUBLISHED = {
    "vega": "8f6a3587cf8d4f42c7e08120e3eb05d067e746d554e39d2dcf52acc0bd5ba28f",
    "vega-lite": "6d5035fdd429b4bc6f91f3754426c3f516f3dbd8e08b105cfc2496bed4ebd254",
    "vega-embed": "b1455caba2fb1a72fb46025ba0ba1316e2dbc7f0dd40a3f6040172bf9c08ba91",
}
TABLE = [["promised", "automated"], ["0.95", NASTY]]


class Reader(HTMLParser):
    """The scripts of a page with their types, its policy, what it loads, and its text."""

    def __init__(self, page: bytes) -> None:
        super().__init__()
        self.scripts: list[str] = []
        self.policy = ""
        self.loaded: list[str] = []
        self.text = ""
        self._within = ""
        self.feed(page.decode())

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        named = dict(attrs)
        self._within = tag
        if tag == "script" and "type" not in named:
            self.scripts.append("")
        if named.get("http-equiv") == "Content-Security-Policy":
            self.policy = named["content"] or ""
        if tag != "a":
            self.loaded += [named[name] or "" for name in ("src", "href") if name in named]

    def handle_endtag(self, tag: str) -> None:
        if tag == self._within:
            self._within = ""

    def handle_data(self, data: str) -> None:
        if self._within == "script":
            if self.scripts:
                self.scripts[-1] += data
        else:
            self.text += data


def page() -> bytes:
    return what_if_page(NASTY, WHAT_IF, 0.85, 0.9, TABLE)


@pytest.mark.parametrize("name", SCRIPTS)
def test_scripts_are_as_published_with_their_licence(name: str) -> None:
    content = (files("training.report.what_if") / "scripts" / f"{name}.min.js").read_bytes()
    assert hashlib.sha256(content).hexdigest() == PUBLISHED[name]
    assert "University of Washington Interactive Data Lab" in licence(name)
    assert licence(name) in Reader(page()).text


def test_nothing_is_loaded_and_only_the_page_s_own_scripts_may_run() -> None:
    read = Reader(page())
    digests = [
        base64.b64encode(hashlib.sha256(one.encode()).digest()).decode() for one in read.scripts
    ]
    assert len(read.scripts) == len(SCRIPTS) + 1
    assert re.findall(r"sha256-([^']+)'", read.policy) == digests
    assert read.policy.startswith("default-src 'none'; ")
    assert "unsafe-eval" not in read.policy
    assert all(one.startswith("data:") for one in read.loaded)
    assert "sourceMappingURL" not in page().decode()


def test_the_specification_can_be_read_back_and_cannot_end_its_script() -> None:
    found = re.search(r'id="specification">(.*?)</script>', page().decode(), re.DOTALL)
    assert found
    assert "<" not in found[1]
    assert json.loads(found[1]) == what_if_chart(WHAT_IF, 0.85, 0.9)


def test_text_of_the_data_is_text_on_the_page() -> None:
    """In the title, under the heading and in the table."""
    assert Reader(page()).text.count(NASTY) == 3
