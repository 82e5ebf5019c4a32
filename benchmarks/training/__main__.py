"""What the methods reach on several data sets, beside baselines and goals.

    python -m benchmarks.training
    python -m benchmarks.training --studies walmart-amazon abt-buy --seeds 0 --data path/to/data

Finished runs are kept in `--out`, and the same command goes on after an interruption. They are
kept by their settings, not by the code that made them: take another directory after a change.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmarks.training.document import as_page, as_terminal, document
from benchmarks.training.runs import run_study
from benchmarks.training.studies import STUDIES
from benchmarks.training.study import Study
from models.errors import AlcError
from training.commands.files import write_files
from training.compare.cell import GridCell
from training.compare.result import RunResult

DATA = Path(__file__).resolve().parents[2].parent / "shared" / "data"
PAGE = "benchmark.md"


@dataclass(frozen=True, slots=True)
class Request:
    """What to run, and where from and to."""

    studies: Sequence[Study]
    seeds: Sequence[int]
    data: Path
    out: Path
    jobs: int


def main(arguments: Sequence[str] | None = None, studies: Sequence[Study] = STUDIES) -> None:
    """Run what was asked for; print the tables and write them as Markdown."""
    request = _read(arguments, {study.name: study for study in studies})
    try:
        measure(request)
    except AlcError as error:
        raise SystemExit(f"{error}") from error


def measure(request: Request) -> None:
    """Run the studies whose data are there, print all tables, and write them into `out`."""
    found, skipped = {}, []
    for study in request.studies:
        missing = study.missing_folder(request.data)
        if missing is not None:
            skipped.append(f"Study {study.name} skipped: there is no folder {missing}.")
            _say(skipped[-1])
            continue
        found[study.name] = (study, _results(study, request))
    sections = document(found, skipped)
    print(as_terminal(sections), end="")
    write_files(request.out, {PAGE: as_page(sections).encode()})
    _say(f"wrote {request.out / PAGE}")


def _results(study: Study, request: Request) -> tuple[RunResult, ...]:
    started = time.monotonic()

    def say(cell: GridCell, result: RunResult, was_there: bool) -> None:
        known = "was there" if was_there else f"{time.monotonic() - started:,.0f} s"
        precision = f"P@1 {result.ranking[0].precision:.3f}"
        _say(f"{study.name}: {cell.model}, seed {cell.seed}: {precision} ({known})")

    return run_study(study, request.seeds, request.data, request.out, request.jobs, say)


def _read(arguments: Sequence[str] | None, known: dict[str, Study]) -> Request:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--studies", nargs="+", choices=known, default=list(known), metavar="NAME")
    parser.add_argument("--seeds", nargs="+", type=int, default=[0, 1, 2])
    parser.add_argument("--data", type=Path, default=DATA, help="folder of all data sets")
    parser.add_argument("--out", type=Path, default=Path(".state/benchmark-training"))
    parser.add_argument("--jobs", type=int, default=1, help="runs at a time, one thread each")
    chosen = parser.parse_args(arguments)
    if chosen.jobs < 1:
        parser.error("--jobs must be at least 1")
    studies = [known[name] for name in dict.fromkeys(chosen.studies)]
    return Request(studies, chosen.seeds, chosen.data.resolve(), chosen.out, chosen.jobs)


def _say(line: str) -> None:
    print(line, file=sys.stderr, flush=True)


if __name__ == "__main__":
    main()
