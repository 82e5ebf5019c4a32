from __future__ import annotations

from tests.training.commands.customer import Run, Tables

GRID = """
    decider = false

    [compare]
    recipes = ["softmax"]
    variants = ["tcm", "alc+tcm"]
    seeds = [0, 1]

    [data]
    kind = "tables"
    products = "products.csv"
    pairs = "pairs.csv"

    [training]
    epochs = 1
    batch_size = 64

    [training.encoder]
    dimension = 16

    [calibration]
    target_precisions = [0.7]
"""


def test_methods_are_compared_over_seeds_and_finished_runs_stay(run: Run, tables: Tables) -> None:
    grid, out = tables.configured(GRID), tables.products.with_name("compared")
    arguments = ("compare", "--config", str(grid), "--out", str(out))

    first = run(*arguments)
    again = run(*arguments)

    assert first.status == again.status == 0
    assert "softmax + alc+tcm" in first.out
    assert "mean gain" in first.out
    assert first.out == again.out
    assert again.err.count("(was there)") == len(list((out / "runs").iterdir())) == 6
    assert {"comparison.csv", "comparison.html"} <= {file.name for file in out.iterdir()}


def test_the_report_of_a_comparison_is_written_anew(run: Run, tables: Tables) -> None:
    grid, out = tables.configured(GRID), tables.products.with_name("compared")
    one_seed = ("--set", "compare.seeds=[0]", "--set", 'compare.variants=["tcm"]')
    run("compare", "--config", str(grid), "--out", str(out), *one_seed)

    anew = tables.products.with_name("anew")
    ended = run("report", "--compare", str(out), "--out", str(anew))

    assert ended.status == 0
    assert (anew / "comparison.txt").read_bytes() == (out / "comparison.txt").read_bytes()


def test_another_comparison_in_the_same_directory_is_refused(run: Run, tables: Tables) -> None:
    grid, out = tables.configured(GRID), tables.products.with_name("compared")
    one = ("--set", "compare.seeds=[0]", "--set", 'compare.variants=["tcm"]')
    run("compare", "--config", str(grid), "--out", str(out), *one)

    ended = run(
        "compare", "--config", str(grid), "--out", str(out), *one, "--set", "training.epochs=2"
    )

    assert ended.status == 2
    assert "use another directory" in ended.err
