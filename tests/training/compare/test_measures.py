"""What the score decides and what the decider decides, side by side."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import pytest

from tests.training.compare.runs import cell, result
from training.compare.files import comparison_files
from training.compare.gain import gains
from training.compare.measures import measures
from training.compare.result import read_result, write_result
from training.compare.table import comparison_table
from training.names import Variant

ALONE = [result(cell(Variant.TCM, seed), 60) for seed in (0, 1)]
DECIDED = [result(cell(Variant.BOTH, seed), 70, decided=80 + seed) for seed in (0, 1)]


def test_both_columns_are_shown_and_a_model_without_decider_has_none() -> None:
    header, alone, decided = comparison_table([*ALONE, *DECIDED])
    assert decided[header.index("P@1")] == "0.700 \N{PLUS-MINUS SIGN} 0.000"
    assert decided[header.index("P@1 decider")] == "0.805 \N{PLUS-MINUS SIGN} 0.007"
    assert alone[header.index("P@1 decider")] == "-"
    for name in ("C@1(0.90)", "C@1(0.95)", "promised C@1(0.95)"):
        assert {name, f"{name} decider"} <= set(header)


def test_what_the_decider_does_not_change_has_one_column() -> None:
    names = {one.name for one in measures(DECIDED)}
    assert {"area under curve", "seconds", "queries/s"} <= names
    assert not names & {"area under curve decider", "seconds decider", "queries/s decider"}


def test_runs_without_a_decider_have_no_column_of_it() -> None:
    assert not [name for name in comparison_table(ALONE)[0] if "decider" in name]
    assert b"decider" not in b"".join(
        content for name, content in comparison_files(ALONE).items() if not name.endswith("png")
    )


def test_text_markdown_csv_and_page_have_both() -> None:
    files = comparison_files([*ALONE, *DECIDED])
    for name in ("comparison.txt", "comparison.md", "comparison.html"):
        text = files[name].decode()
        assert "P@1 decider" in text
        assert "Columns that end in decider" in text
        assert "0.805" in text
    rows = list(csv.DictReader(io.StringIO(files["comparison.csv"].decode())))
    assert float(rows[1]["P@1 decider mean"]) == pytest.approx(0.805)
    assert rows[0]["P@1 decider mean"] == ""
    assert float(rows[1]["C@1(0.90) decider mean"]) > float(rows[1]["C@1(0.90) mean"])


def test_gains_are_of_the_score() -> None:
    found = {one.measure: one.differences.mean for one in gains([*ALONE, *DECIDED])}
    assert found["P@1"] == pytest.approx(0.1)
    assert not [name for name in found if "decider" in name]


def test_what_the_decider_did_is_kept_in_the_file_of_a_run(tmp_path: Path) -> None:
    path = tmp_path / "run.json"
    write_result(DECIDED[0], path)
    assert read_result(path) == DECIDED[0]
