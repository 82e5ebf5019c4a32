from __future__ import annotations

from training.report.page import Link, Page, Section, page_html


def test_numbers_are_set_as_numbers_and_words_are_not() -> None:
    table = [["", "value"], ["a", "1,234.5"], ["b", "0.1 \N{PLUS-MINUS SIGN} 0.2"], ["c", "- x"]]
    page = page_html(Page("Numbers", sections=[Section("One", tables=[table])])).decode()
    assert page.count('<td class="number">') == 2


def test_a_long_page_has_contents_and_links_stay_within_the_report() -> None:
    sections = [Section(f"Part {at}", links=[Link("other.csv", "More")]) for at in range(3)]
    long, short = (page_html(Page("Page", sections=sections[:count])).decode() for count in (3, 1))
    assert 'href="#s3"' in long
    assert 'id="s3"' in long
    assert "<nav" not in short
    assert '<a href="other.csv">More</a>' in short
