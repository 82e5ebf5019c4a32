from __future__ import annotations

from tests.training.compare.runs import cell, result
from training.compare.files import comparison_files, comparison_pictures
from training.names import Variant

RESULTS = [
    result(cell(variant, seed), 60 + 5 * at)
    for seed in (0, 1)
    for at, variant in enumerate(Variant)
]


def test_one_table_in_text_markdown_csv_and_on_a_page_with_its_pictures() -> None:
    files = comparison_files(RESULTS)
    assert set(files) == {
        "comparison.txt",
        "comparison.md",
        "comparison.csv",
        "comparison.html",
        "curves.png",
        "scores.png",
    }
    for name in ("comparison.txt", "comparison.md", "comparison.html"):
        assert "0.725" in files[name].decode() or "0.750" in files[name].decode()
        assert "+0.1000" in files[name].decode()


def test_scores_are_those_of_the_base_alone_and_of_all_that_was_added() -> None:
    _, scores = comparison_pictures(RESULTS)
    _, only_after = comparison_pictures([one for one in RESULTS if one.cell.variant != "none"])
    assert len(scores.png) > len(only_after.png)
