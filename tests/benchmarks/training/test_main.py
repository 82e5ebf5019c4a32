from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pytest

from benchmarks.training.__main__ import main
from tests.benchmarks.training.studies import ABSENT, SMALL, write_small_data
from training.compare.result import read_result

STUDIES = (SMALL, ABSENT)


@dataclass(frozen=True, slots=True)
class Place:
    """Where the data are, and where results go."""

    data: Path
    out: Path

    @property
    def runs(self) -> Path:
        return self.out / SMALL.name / "runs"

    def measure(self, *arguments: str) -> None:
        main(["--data", str(self.data), "--out", str(self.out), *arguments], STUDIES)

    def numbers(self) -> dict[str, object]:
        found = {file.name: read_result(file) for file in sorted(self.runs.iterdir())}
        return {name: (one.ranking, one.oracle, one.precision) for name, one in found.items()}


@pytest.fixture
def place(tmp_path: Path) -> Place:
    write_small_data(tmp_path / "data")
    return Place(tmp_path / "data", tmp_path / "out")


@pytest.mark.slow
def test_studies_run_side_by_side_and_go_on_after_an_interruption(
    place: Place, capsys: pytest.CaptureFixture[str]
) -> None:
    place.measure("--seeds", "0")
    first, before = capsys.readouterr(), place.numbers()
    for lost in ("softmax-tcm-seed0.json", "softmax-alc-tcm-seed0.json"):
        (place.runs / lost).unlink()
    place.measure("--seeds", "0", "--jobs", "2")
    again = capsys.readouterr()

    assert len(before) == 4
    assert again.err.count("(was there)") == 2
    assert place.numbers() == before  # also because how many run at a time changes no number
    assert "PSP@3" in first.out
    assert "gain of ALC on TCM, C@1(0.95)" in first.out
    assert "| small-shop | P@1 | > " in (place.out / "benchmark.md").read_text()
    skipped = f"Study not-here skipped: there is no folder {place.data / 'elsewhere'}."
    assert skipped in first.err
    assert skipped in first.out

    with pytest.raises(SystemExit, match="use another directory"):
        place.measure("--seeds", "1")


def test_a_run_at_a_time_is_the_least(place: Place) -> None:
    with pytest.raises(SystemExit):
        place.measure("--jobs", "0")


def test_no_study_has_a_name_that_is_unknown(place: Place) -> None:
    with pytest.raises(SystemExit):
        place.measure("--studies", "no-such-study")
