from __future__ import annotations

import csv
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest

from models.bundle.bundle import Bundle
from models.bundle.load import load_bundle
from models.bundle.store import current_bundle, list_bundles
from tests.training.products import small_shop
from training import cli
from training.data.pricerunner import load_pricerunner

Rows = Sequence[Sequence[str]]


@dataclass(frozen=True, slots=True)
class Ended:
    """What a command printed, and its exit status."""

    status: int
    out: str
    err: str


Run = Callable[..., Ended]


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    def run_command(*arguments: str) -> Ended:
        monkeypatch.setattr("sys.argv", ["alc-train", *arguments])
        with pytest.raises(SystemExit) as ended:
            cli.main()
        printed = capsys.readouterr()
        status = ended.value.code
        assert isinstance(status, int)
        return Ended(status, printed.out, printed.err)

    return run_command


@dataclass(frozen=True, slots=True)
class Tables:
    """The two files of a customer, and where the bundles go."""

    products: Path
    pairs: Path
    bundles: Path

    @property
    def arguments(self) -> list[str]:
        return [
            *("--products", str(self.products), "--pairs", str(self.pairs)),
            *("--bundles", str(self.bundles), "--epochs", "1"),
        ]

    def bundle(self) -> Bundle:
        return load_bundle(current_bundle(self.bundles))


@pytest.fixture
def tables(tmp_path: Path) -> Tables:
    """The small shop as files."""
    shop = small_shop()
    products = [(product.product_id, product.title) for product in shop.products]
    answers = [shop.products[row].product_id for row in shop.relevance.indices]
    files = Tables(tmp_path / "products.csv", tmp_path / "pairs.csv", tmp_path / "bundles")
    write(files.products, [("id", "title"), *products])
    write(files.pairs, [("query", "product_id"), *zip(shop.texts, answers, strict=True)])
    return files


def write(file: Path, rows: Rows) -> None:
    with file.open("w", newline="", encoding="utf-8") as stream:
        csv.writer(stream).writerows(rows)


def append(file: Path, *rows: Sequence[str]) -> int:
    """Add rows and return the line of the first."""
    first = len(file.read_text(encoding="utf-8").splitlines()) + 1
    with file.open("a", newline="", encoding="utf-8") as stream:
        csv.writer(stream).writerows(rows)
    return first


def weights(bundle: Bundle) -> dict[str, str]:
    files = bundle.manifest.files.items()
    return {name: entry.sha256 for name, entry in files if name.startswith("encoder")}


def test_tables_become_the_current_bundle(run: Run, tables: Tables) -> None:
    ended = run("fit", *tables.arguments)

    assert ended.status == 0
    bundle = tables.bundle()
    assert f"published {bundle.directory}" in ended.out
    assert (bundle.directory / "report" / "table.txt").read_text() in ended.out
    assert bundle.manifest.products == 60
    assert bundle.runtime.catalogue.find("p7") is not None
    assert "238/238" in ended.err


def test_the_same_seed_gives_the_same_numbers_and_another_seed_others(
    run: Run, tables: Tables
) -> None:
    found = []
    for seed in ("3", "3", "4"):
        run("fit", *tables.arguments, "--seed", seed)
        found.append(tables.bundle())

    first, again, other = found
    assert weights(first) == weights(again)
    assert weights(first) != weights(other)
    assert other.manifest.configuration["training"]["seed"] == 4


@pytest.mark.parametrize(
    ("options", "changed"),
    [
        (["--epochs", "2"], {"epochs": 2}),
        (["--base", "triplet"], {"base": "triplet"}),
        (["--base", "dynamic_triplet"], {"base": "dynamic_triplet"}),
        (["--no-tcm"], {"tcm": None}),
        (["--no-alc"], {"alc": None}),
    ],
)
def test_every_option_of_the_training_changes_the_model(
    run: Run, tables: Tables, options: list[str], changed: dict[str, object]
) -> None:
    run("fit", *tables.arguments)
    usual = tables.bundle()
    assert run("fit", *tables.arguments, *options).status == 0
    other = tables.bundle()

    before, after = (one.manifest.configuration["training"] for one in (usual, other))
    assert before | changed == after
    assert before != after
    assert weights(usual) != weights(other)


def test_the_model_is_named_by_the_losses_that_were_used(run: Run, tables: Tables) -> None:
    printed = run("fit", *tables.arguments, "--no-tcm", "--no-alc").out

    assert "softmax base alone" in printed
    assert "TF-IDF, no training" in printed


def test_an_open_split_takes_products_out_of_the_catalogue(run: Run, tables: Tables) -> None:
    ended = run("fit", *tables.arguments, "--split", "open")

    assert ended.out.startswith("split open, ")
    assert tables.bundle().manifest.products == 54
    metrics = json.loads((tables.bundle().directory / "report" / "metrics.json").read_text())
    assert metrics["models"][-1]["answerable"] < metrics["models"][-1]["queries"]


def test_a_split_by_shop_needs_shops(run: Run, tables: Tables) -> None:
    ended = run("fit", *tables.arguments, "--split", "merchants")

    assert ended.status == 2
    assert "use another split or more data" in ended.err
    assert not tables.bundles.exists()


def test_a_bad_row_ends_it_and_names_file_line_and_reason(run: Run, tables: Tables) -> None:
    run("fit", *tables.arguments)
    usual = tables.bundle()
    line = append(tables.pairs, ("neff oven", "p999"), ("", "p1"))

    ended = run("fit", *tables.arguments)

    assert ended.status == 2
    assert f"pairs.csv:{line}: product_id 'p999' is not in the table of products" in ended.err
    assert f"pairs.csv:{line + 1}: column 'query' is empty" in ended.err
    assert "2 bad rows, 0 allowed" in ended.err
    assert "--max-bad-rows" in ended.err
    assert list_bundles(tables.bundles) == (usual.bundle_id,)


def test_bad_rows_that_are_allowed_are_named_and_left_out(run: Run, tables: Tables) -> None:
    run("fit", *tables.arguments)
    usual = tables.bundle()
    line = append(tables.pairs, ("neff oven", "[bold]p999"))
    repeated = append(tables.products, ("p1", "Neff oven again"))

    assert run("fit", *tables.arguments, "--max-bad-rows", "1").status == 2
    ended = run("fit", *tables.arguments, "--max-bad-rows", "2")

    assert ended.status == 0
    reasons = [text for text in ended.err.splitlines() if text.startswith("left out ")]
    assert reasons == [
        f"left out products.csv:{repeated}: product id 'p1' is already on line 3",
        f"left out pairs.csv:{line}: product_id '[bold]p999' is not in the table of products",
    ]
    assert tables.bundle().manifest.data_digest == usual.manifest.data_digest


@pytest.mark.parametrize("given", ["products", "pairs"])
def test_one_table_alone_is_refused(run: Run, tables: Tables, given: str) -> None:
    ended = run("fit", f"--{given}", str(getattr(tables, given)), "--bundles", str(tables.bundles))

    assert ended.status == 2
    assert "give both --products and --pairs" in ended.err


def test_a_file_that_is_not_there_is_one_line_and_status_2(run: Run, tables: Tables) -> None:
    tables.pairs.unlink()

    ended = run("fit", *tables.arguments)

    assert ended.status == 2
    assert ended.err.startswith("error: cannot read ")
    assert ended.err.count("\n") == 1


def test_bundles_that_cannot_be_written_are_one_line_and_status_2(run: Run, tables: Tables) -> None:
    tables.bundles.write_text("a file where the directory should be")

    ended = run("fit", *tables.arguments)

    assert ended.status == 2
    assert "the bundle could not be written" in ended.err.splitlines()[-1]


@pytest.mark.parametrize(
    "wrong",
    [
        ["--epochs", "0"],
        ["--max-bad-rows", "-1"],
        ["--split", "by-colour"],
        ["--base", "quadruplet"],
        ["--no-such-option"],
    ],
)
def test_a_wrong_option_is_refused_before_anything_is_read(
    run: Run, tables: Tables, wrong: list[str]
) -> None:
    tables.pairs.unlink()

    ended = run("fit", *tables.arguments, *wrong)

    assert ended.status == 2
    assert "cannot read" not in ended.err


def test_without_tables_the_sample_is_used(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    sample = tmp_path / "sample.csv"
    shop = small_shop()
    header = ("Product Title", "Merchant ID", "Cluster ID", "Cluster Label", "Category Label")
    offers = zip(shop.texts, shop.sources, shop.relevance.indices, strict=True)
    rows = [
        (text, source, str(row + 1), shop.products[row].title, "Kitchen")
        for text, source, row in offers
    ]
    write(sample, [header, *rows])
    monkeypatch.setattr("training.data.pricerunner.SAMPLE_FILE", sample)
    monkeypatch.chdir(tmp_path)

    assert run("fit", "--epochs", "1", "--split", "merchants").status == 0

    bundle = load_bundle(current_bundle(tmp_path / ".state" / "bundles"))
    assert bundle.manifest.products == len(load_pricerunner().products) == 60
