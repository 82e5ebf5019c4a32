from __future__ import annotations

from pathlib import Path

import pytest

from benchmarks.training.__main__ import main
from tests.benchmarks.training.studies import ABSENT, SMALL, write_small_data
from training.compare.result import read_result

STUDIES = (SMALL, ABSENT)


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    directory = tmp_path_factory.mktemp("data")
    write_small_data(directory)
    return directory


def numbers(out: Path) -> dict[str, object]:
    runs = sorted((out / SMALL.name / "runs").iterdir())
    found = {file.name: read_result(file) for file in runs}
    return {name: (one.ranking, one.oracle, one.precision) for name, one in found.items()}


def test_a_study_runs_is_continued_and_ends_with_the_goals(
    data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    arguments = ["--data", str(data), "--out", str(tmp_path / "out"), "--jobs", "2"]

    main([*arguments, "--seeds", "0"], STUDIES)
    first = capsys.readouterr()
    before = numbers(tmp_path / "out")
    main([*arguments, "--seeds", "0", "1"], STUDIES)
    second = capsys.readouterr()

    assert "Omikuji" in first.out
    assert "PSP@3" in first.out
    assert "gain of ALC on TCM, C@1(0.95)" in first.out
    skipped = f"Study not-here skipped: there is no folder {data / 'elsewhere'}."
    assert skipped in first.err
    assert skipped in first.out
    assert second.err.count("(was there)") == len(before) == 4
    page = (tmp_path / "out" / "benchmark.md").read_text()
    assert "## Goals" in page
    assert "| small-shop | P@1 | > " in page


def test_how_many_runs_are_made_at_a_time_changes_no_number(data: Path, tmp_path: Path) -> None:
    found = []
    for jobs in ("1", "2"):
        out = tmp_path / jobs
        main(["--data", str(data), "--out", str(out), "--jobs", jobs, "--seeds", "0"], (SMALL,))
        found.append(numbers(out))
    omikuji = "Omikuji-none-seed0.json"  # it seeds itself
    assert found[0].keys() == found[1].keys()
    for name in found[0].keys() - {omikuji}:
        assert found[0][name] == found[1][name]


def test_other_settings_are_refused_in_the_same_directory(data: Path, tmp_path: Path) -> None:
    arguments = ["--data", str(data), "--out", str(tmp_path)]
    main([*arguments, "--seeds", "0"], (SMALL,))
    with pytest.raises(SystemExit, match="use another directory"):
        main([*arguments, "--seeds", "1"], (SMALL,))
