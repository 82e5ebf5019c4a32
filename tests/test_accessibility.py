from __future__ import annotations

from tests.accessibility import barriers
from tests.chromium import chromium, needs_chromium

PAGE = "<!doctype html><html lang='en'><title>A page</title><main><h1>A page</h1>{}</main></html>"


@needs_chromium
def test_barriers_are_found_and_named() -> None:
    with chromium() as browser:
        page = browser.new_page()
        page.set_content(PAGE.format("<p>Readable</p>"))
        assert barriers(page) == ""
        page.set_content(PAGE.format("<p style='color:#ccc'>Pale</p><img src='data:,'>"))
        found = barriers(page)
    assert "color-contrast" in found
    assert "image-alt" in found
