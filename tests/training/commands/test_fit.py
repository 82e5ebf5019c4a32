from __future__ import annotations

import json
from pathlib import Path

import pytest

from models.bundle.load import load_bundle
from models.bundle.store import current_bundle, list_bundles
from tests.training.commands.customer import Run, Tables, append, weights, write
from tests.training.products import small_shop
from training.data.pricerunner import load_pricerunner


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


DECIDER = """
    [decider]
    folds = 2
    rounds = 4
    fewest_queries = 20
    """


def test_a_decider_is_fitted_unless_it_is_switched_off(run: Run, tables: Tables) -> None:
    file = tables.configured(DECIDER)
    arguments = [one for one in tables.arguments if one != "--no-decider"]

    with_one = run("fit", *arguments, "--config", str(file))
    bundle = tables.bundle()
    without = run("fit", *tables.arguments, "--config", str(file))

    assert with_one.status == without.status == 0
    assert "softmax + TCM + ALC, decider" in with_one.out
    assert "No decider" not in with_one.out
    assert "decider: fold 2 of 2" in with_one.err
    assert bundle.runtime.decider
    assert tables.bundle().runtime.decider is None
    assert tables.bundle().manifest.configuration["decider"] is None
    assert "ALC, decider" not in without.out
    assert "decider: fold" not in without.err


def test_too_few_labels_for_a_decider_are_told(run: Run, tables: Tables) -> None:
    arguments = [one for one in tables.arguments if one != "--no-decider"]

    ended = run(
        *("fit", *arguments, "--decider", "--set", "decider.folds=0"),
        *("--set", "decider.fewest_queries=1000"),
    )

    report = tables.bundle().manifest.decider
    assert ended.status == 0
    assert report
    assert f"No decider: {report.learnable} of {report.queries} queries" in ended.out
    assert f"1,000 are needed, {report.missing:,} more" in ended.out
    assert tables.bundle().runtime.decider is None


def test_the_model_is_named_by_the_losses_that_were_used(run: Run, tables: Tables) -> None:
    printed = run("fit", *tables.arguments, "--no-tcm", "--no-alc").out

    assert "softmax base alone" in printed
    assert "TF-IDF, no training" in printed


def test_an_open_split_takes_products_out_of_the_catalogue(run: Run, tables: Tables) -> None:
    ended = run("fit", *tables.arguments, "--split", "open")

    assert "split open, " in ended.out.splitlines()[0]
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

    assert run("fit", "--epochs", "1", "--split", "merchants", "--no-decider").status == 0

    bundle = load_bundle(current_bundle(tmp_path / ".state" / "bundles"))
    assert bundle.manifest.products == len(load_pricerunner().products) == 60


def test_a_file_says_everything_and_options_win_over_it(run: Run, tables: Tables) -> None:
    file = tables.configured(
        """
        recipe = "ngame"
        decider = false
        [data]
        kind = "tables"
        products = "products.csv"
        pairs = "pairs.csv"
        [training]
        epochs = 3
        tcm = false
        [training.encoder]
        dimension = 16
        [calibration]
        target_precisions = [0.6]
        """
    )

    ended = run(
        *("fit", "--config", str(file), "--bundles", str(tables.bundles)),
        *("--epochs", "2", "--set", "training.alc=false", "--set", "training.encoder.dimension=8"),
    )

    assert ended.status == 0
    bundle = tables.bundle()
    assert "NGAME base alone" in ended.out
    assert bundle.manifest.dimension == 8
    assert bundle.manifest.products == 60
    assert [promise.target_precision for promise in bundle.promises] == [0.6]
    training = bundle.manifest.configuration["training"]
    assert (training["epochs"], training["tcm"], training["alc"]) == (2, None, None)


def test_tables_on_the_command_line_replace_the_data_of_the_file(run: Run, tables: Tables) -> None:
    file = tables.configured('[data]\nkind = "sample"\n[training]\nalc = false\n')

    assert run("fit", *tables.arguments, "--config", str(file)).status == 0

    data = tables.bundle().manifest.configuration["data"]
    assert data == {
        "kind": "tables",
        "products": str(tables.products),
        "pairs": str(tables.pairs),
        "max_bad_rows": 0,
    }


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("[training]\nepohs = 3\n", "training.epohs is not a field; did you mean training.epochs?"),
        ('[training]\nepochs = "3"\n', "training.epochs must be a valid integer, got '3'"),
        ("[training]\nepochs = 0\n", "training.epochs must be above 0, got 0"),
        ("[training\n", "is not valid TOML"),
        ('recipe = "prim"\n', "recipe must be one of"),
    ],
    ids=["unknown-field", "wrong-type", "out-of-range", "not-toml", "unknown-recipe"],
)
def test_a_wrong_file_is_one_line_before_anything_is_read(
    run: Run, tables: Tables, content: str, said: str
) -> None:
    tables.pairs.unlink()
    file = tables.configured(content)

    ended = run("fit", *tables.arguments[:-2], "--config", str(file))

    assert ended.status == 2
    assert ended.err.startswith(f"error: {file}: {said}")
    assert ended.err.count("\n") == 1


def test_one_table_alone_completes_what_a_file_names(run: Run, tables: Tables) -> None:
    options = ["--pairs", str(tables.pairs), "--bundles", str(tables.bundles)]
    half = tables.configured('[data]\nkind = "tables"\nproducts = "products.csv"\n')
    assert run("fit", "--config", str(half), *options, "--epochs", "1", "--no-decider").status == 0

    none = run("fit", "--config", str(tables.configured("")), *options)

    assert none.status == 2
    assert 'data.pairs is not a field where data.kind is "sample"' in none.err
