from __future__ import annotations

import csv
from collections.abc import Sequence
from pathlib import Path

from tests.training.commands.customer import Run, Tables


def test_the_report_of_a_bundle_names_it(run: Run, tables: Tables) -> None:
    run("fit", *tables.arguments)
    out = tables.products.with_name("report")

    ended = run("report", "--bundle", str(tables.bundles), "--out", str(out))

    assert ended.status == 0
    bundle = tables.bundle()
    assert bundle.bundle_id in (out / "report.html").read_text()
    kept = bundle.directory / "report"
    assert (out / "table.txt").read_bytes() == (kept / "table.txt").read_bytes()
    assert (out / "model_card.md").read_bytes() == (kept / "model_card.md").read_bytes()


def test_without_a_bundle_there_is_no_report(run: Run, tables: Tables) -> None:
    ended = run("report", "--bundle", str(tables.bundles))

    assert ended.status == 2


def test_the_catalogue_check_finds_an_entry_that_is_there_twice(run: Run, tables: Tables) -> None:
    """Every other offer of the first product names its twin, whose title has the words turned."""
    header, first, *others = _rows(tables.products)
    twin = ["twin", " ".join(reversed(first[1].split()))]
    _write(tables.products, [header, first, *others, twin])
    top, *answers = _rows(tables.pairs)
    own = [row for row in answers if row[1] == first[0]]
    rest = [row for row in answers if row[1] != first[0]]
    divided = [[query, ("twin" if at % 2 else first[0])] for at, (query, _) in enumerate(own)]
    _write(tables.pairs, [top, *rest, *divided])
    out = tables.products.with_name("check")

    ended = run(
        "catalogue-check",
        *("--products", str(tables.products), "--pairs", str(tables.pairs), "--out", str(out)),
    )

    assert ended.status == 0
    _, *found = _rows(out / "catalogue-check.csv")
    assert {first[0], "twin"} in [{row[3], row[5]} for row in found if row[0] == "duplicate"]
    assert not tables.bundles.exists()


def test_tables_are_written_in_another_format_and_learnt_from(run: Run, tables: Tables) -> None:
    products = tables.products.with_name("products.jsonl.gz")
    pairs = tables.products.with_name("pairs.parquet")
    given = tables.configured("""
        [data]
        kind = "tables"
        products = "products.csv"
        pairs = "pairs.csv"
    """)

    ended = run(
        "convert", "--config", str(given), "--products", str(products), "--pairs", str(pairs)
    )

    assert ended.status == 0
    learnt = ("--products", str(products), "--pairs", str(pairs))
    assert run("fit", *learnt, "--bundles", str(tables.bundles), "--epochs", "1").status == 0
    assert tables.bundle().manifest.products == 60


def _rows(file: Path) -> list[list[str]]:
    return list(csv.reader(file.read_text().splitlines()))


def _write(file: Path, rows: Sequence[Sequence[str]]) -> None:
    with file.open("w", newline="") as out:
        csv.writer(out).writerows(rows)
