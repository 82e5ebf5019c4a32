from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from models.bundle.load import load_bundle
from models.bundle.store import current_bundle
from tests.training.commands.customer import Run, Tables, append, fitted_shop, write, write_tables
from tests.training.products import small_shop
from training.data.load import load_data
from training.data.settings import TableData
from training.data.splits import SplitDataset, SplitKind, split_dataset


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Tables:
    """A customer's tables, and a bundle made from them."""
    tables = write_tables(tmp_path_factory.mktemp("shop"))
    fitted_shop(tables)
    return tables


def parts_of(tables: Tables) -> SplitDataset:
    dataset = load_data(TableData(tables.products, tables.pairs)).dataset
    return split_dataset(dataset, SplitKind.OFFERS, seed=0)


def test_a_bundle_is_measured_again_as_its_report_has_it(
    run: Run, shop: Tables, tmp_path: Path
) -> None:
    metrics = tmp_path / "metrics.json"

    ended = run("evaluate", "--bundle", str(shop.bundles), "--metrics", str(metrics))

    assert (ended.status, ended.err) == (0, "")
    directory = current_bundle(shop.bundles)
    report = json.loads((directory / "report" / "metrics.json").read_text())["models"][-1]
    assert json.loads(metrics.read_text()) | {"name": ""} == report | {"name": ""}
    assert f"bundle {directory.name}" in ended.out
    assert f"{report['queries']} queries, {report['queries']} of them with a right" in ended.out
    assert re.search(r"^0\.50 .* kept$", ended.out, re.MULTILINE)
    assert re.search(r"^0\.95 .* nothing promised$", ended.out, re.MULTILINE)


def test_queries_that_it_learnt_from_are_left_out_with_a_warning(
    run: Run, shop: Tables, tmp_path: Path
) -> None:
    parts = parts_of(shop)
    ended = run("evaluate", "--bundle", str(shop.bundles), "--pairs", str(shop.pairs))

    learnt = len(parts.train) + len(parts.calibration)
    assert ended.status == 0
    assert f"learnt from {learnt} of {learnt + len(parts.test)} queries; they are left" in ended.err
    assert ended.out.startswith(f"{len(parts.test)} queries, ")


def test_only_queries_that_it_learnt_from_cannot_judge_it(
    run: Run, shop: Tables, tmp_path: Path
) -> None:
    train = parts_of(shop).train
    seen = tmp_path / "seen.csv"
    row = train.relevance.indices[0]
    write(seen, [("query", "product_id"), (train.texts[0], train.products[row].product_id)])

    ended = run("evaluate", "--bundle", str(shop.bundles), "--pairs", str(seen))

    assert ended.status == 2
    assert "all 1 queries took part in the training or calibration" in ended.err


def test_a_query_for_a_product_that_the_bundle_lacks_is_an_error_when_accepted(
    run: Run, shop: Tables, tmp_path: Path
) -> None:
    product = small_shop().products[5]
    queries = [(product.title + " boxed", product.product_id), (product.title + " new", "unknown")]
    labelled, metrics = tmp_path / "new.csv", tmp_path / "metrics.json"
    write(labelled, [("query", "product_id"), *queries])

    ended = run(
        *("evaluate", "--bundle", str(shop.bundles)),
        *("--pairs", str(labelled), "--metrics", str(metrics)),
    )

    assert ended.out.startswith("2 queries, 1 of them with a right product")
    realised = json.loads(metrics.read_text())["calibrated"][0]["realised"]
    assert (realised["accepted"], realised["unanswerable"]) == (2, 1)


def test_an_ignored_product_is_no_answer(run: Run, shop: Tables, tmp_path: Path) -> None:
    first, second = small_shop().products[4:6]  # which differ in their size alone
    labelled, metrics = tmp_path / "new.csv", tmp_path / "metrics.json"
    text = "boxed " + first.title + " " + second.title.split()[-1]
    rows = [(text, first.product_id, "ignored"), (text, second.product_id, "right")]
    write(labelled, [("query", "product_id", "label"), *rows])

    run(
        *("evaluate", "--bundle", str(shop.bundles)),
        *("--pairs", str(labelled), "--metrics", str(metrics)),
    )

    assert json.loads(metrics.read_text())["precision_at_1"] == 1.0


def test_where_the_own_data_are_gone_or_changed_that_is_said(
    run: Run, tables: Tables, shop: Tables, tmp_path: Path
) -> None:
    labelled = tmp_path / "labelled.csv"
    labelled.write_bytes(shop.pairs.read_bytes())
    before = shop.pairs.read_bytes()
    try:
        append(shop.pairs, ("one more", "p1"))
        alone = run("evaluate", "--bundle", str(shop.bundles))
        changed = run("evaluate", "--bundle", str(shop.bundles), "--pairs", str(labelled))
        shop.pairs.unlink()
        gone = run("evaluate", "--bundle", str(shop.bundles), "--pairs", str(labelled))
    finally:
        shop.pairs.write_bytes(before)

    assert alone.status == 2
    assert "have changed since it was made" in alone.err
    assert "name other labelled queries with --pairs" in alone.err
    assert (changed.status, gone.status) == (0, 0)
    assert "warning: cannot read" in gone.err
    for ended in (changed, gone):
        assert "not known which of these queries the bundle learnt from" in ended.err
        assert ended.out.startswith("360 queries, ")


@pytest.mark.parametrize(
    ("rows", "options", "said"),
    [
        ([("q", "nothing")], [], "no product_id is in the catalogue of the bundle"),
        ([("", "p1"), ("q", "p1")], [], "1 bad rows, 0 allowed"),
        ([("", "p1"), ("new text", "p1")], ["--max-bad-rows", "1"], "left out labelled.csv:2"),
    ],
    ids=["other-ids", "bad-row", "bad-row-allowed"],
)
def test_bad_labels_are_named(
    run: Run,
    shop: Tables,
    tmp_path: Path,
    rows: list[tuple[str, str]],
    options: list[str],
    said: str,
) -> None:
    labelled = tmp_path / "labelled.csv"
    write(labelled, [("query", "product_id"), *rows])

    ended = run("evaluate", "--bundle", str(shop.bundles), "--pairs", str(labelled), *options)

    assert ended.status == (0 if options else 2)
    assert said in ended.err


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--bundle", "none"], "none/current: there is no current bundle"),
        (["--max-bad-rows", "1"], "--max-bad-rows is for --pairs"),
    ],
    ids=["no-bundle", "no-pairs"],
)
def test_what_cannot_be_evaluated_is_one_line_and_status_2(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, options: list[str], said: str
) -> None:
    monkeypatch.chdir(tmp_path)

    ended = run("evaluate", *options)

    assert ended.status == 2
    assert ended.err == f"error: {said}" + ended.err.partition(said)[2]
    assert ended.err.count("\n") == 1


def test_figures_that_cannot_be_written_are_one_line_and_status_2(
    run: Run, shop: Tables, tmp_path: Path
) -> None:
    ended = run("evaluate", "--bundle", str(shop.bundles), "--metrics", str(tmp_path))

    assert ended.status == 2
    assert f"cannot write {tmp_path}: Is a directory" in ended.err
    assert load_bundle(current_bundle(shop.bundles))
