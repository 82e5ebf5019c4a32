from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from models.bundle.bundle import Bundle
from models.bundle.load import load_bundle
from models.bundle.store import current_bundle, list_bundles
from tests.training.commands.customer import Run, Tables, fitted_shop, write
from tests.training.recalibration.offers import offers, written

OWN = ("calibration/", "report/")


@pytest.fixture
def shop(tables: Tables) -> Tables:
    """A customer's tables, and a bundle made from them."""
    fitted_shop(tables)
    return tables


def digests(bundle: Bundle) -> dict[str, str]:
    files = bundle.manifest.files.items()
    return {name: entry.sha256 for name, entry in files if not name.startswith(OWN)}


def test_new_labels_make_a_child_of_the_same_model(run: Run, shop: Tables, tmp_path: Path) -> None:
    parent = shop.bundle()
    labels = written(tmp_path / "labels.csv", offers(600))

    ended = run(
        *("calibrate", "--bundle", str(shop.bundles), "--pairs", str(labels)),
        *("--target", "0.5", "--target", "0.85"),
    )

    assert (ended.status, ended.err) == (0, "")
    child = shop.bundle()
    assert child.manifest.parent == parent.bundle_id
    assert digests(child) == digests(parent)
    assert child.probes == parent.probes
    assert [one.calibration_labels for one in child.promises] == [600, 600]
    assert child.promise_for(0.85).threshold is not None
    assert ended.out.startswith("600 labels; ")
    assert re.search(r"^0\.85 +90% +- +0\.\d{4} ", ended.out, re.MULTILINE)
    assert ended.out.endswith(f"published {child.directory}, now current\n")


def test_its_report_is_the_models_with_the_new_promises(
    run: Run, shop: Tables, tmp_path: Path
) -> None:
    before = shop.bundle().directory / "report"
    labels = written(tmp_path / "labels.csv", offers(600))
    run("calibrate", "--bundle", str(shop.bundles), "--pairs", str(labels))
    now = shop.bundle().directory / "report"

    old, new = (
        json.loads((one / "metrics.json").read_text())["models"][-1] for one in (before, now)
    )
    assert new["precision_at_1"] == old["precision_at_1"]
    assert new["calibrated"][0]["promise"]["calibration_labels"] == 600
    assert new["calibrated"][0]["realised"]["accepted"] > 0
    assert {"calibration.txt", "calibration.md"} == {one.name for one in now.iterdir()} - {
        one.name for one in before.iterdir()
    }
    page = (now / "report.html").read_text()
    assert "calibrated again from" in page
    assert shop.bundle().manifest.parent in page  # type: ignore[operator]
    again = run("report", "--bundle", str(shop.bundles), "--out", str(tmp_path / "again"))
    assert again.status == 0
    assert (tmp_path / "again" / "what_if.html").read_bytes() == (now / "what_if.html").read_bytes()


def test_the_configuration_says_what_changed(run: Run, shop: Tables, tmp_path: Path) -> None:
    parent = shop.bundle().manifest.configuration
    labels = written(tmp_path / "labels.csv", offers(100))

    run(
        *("calibrate", "--bundle", str(shop.bundles), "--pairs", str(labels)),
        *("--target", "0.6", "--target", "0.7", "--confidence", "0.8", "--method", "holm"),
        *("--no-match-precision", "0", "--set", "calibration.grid.thresholds=9"),
    )

    child = shop.bundle()
    changed = {
        name for name, value in child.manifest.configuration.items() if parent[name] != value
    }
    assert changed == {"calibration"}
    settings = child.manifest.configuration["calibration"]
    assert (settings["target_precisions"], settings["confidence"]) == ([0.6, 0.7], 0.8)
    assert settings["grid"]["thresholds"] == 9
    assert [one.target_precision for one in child.promises] == [0.6, 0.7]
    assert {one.method for one in child.promises} == {"holm"}
    assert run("evaluate", "--bundle", str(shop.bundles)).status == 0


def test_it_goes_where_it_is_told_and_need_not_become_current(
    run: Run, shop: Tables, tmp_path: Path
) -> None:
    parent, elsewhere = current_bundle(shop.bundles), tmp_path / "elsewhere"
    labels = str(written(tmp_path / "labels.csv", offers(100)))

    beside = run("calibrate", "--bundle", str(parent), "--pairs", labels, "--no-current")
    there = run(
        "calibrate", "--bundle", str(parent), "--pairs", labels, "--bundles", str(elsewhere)
    )

    assert "the bundle that was current still is" in beside.out
    assert current_bundle(shop.bundles) == parent
    assert len(list_bundles(shop.bundles)) == 2
    assert there.out.endswith("now current\n")
    assert load_bundle(current_bundle(elsewhere)).manifest.parent == parent.name


def test_labels_can_be_added_and_a_child_can_be_calibrated_again(
    run: Run, shop: Tables, tmp_path: Path
) -> None:
    first, second = offers(100), offers(80, seed=2)
    own = len(shop.bundle().calibration.labels)  # type: ignore[union-attr]

    run(
        *("calibrate", "--bundle", str(shop.bundles), "--add"),
        *("--pairs", str(written(tmp_path / "first.csv", first))),
    )
    ended = run(
        *("calibrate", "--bundle", str(shop.bundles), "--add"),
        *("--pairs", str(written(tmp_path / "second.csv", [*second, *first[:30]]))),
    )

    assert "warning: 30 of 110 queries are among the labels that bundle" in ended.err
    assert {one.calibration_labels for one in shop.bundle().promises} == {own + 180}


def test_texts_place_the_thresholds(run: Run, shop: Tables, tmp_path: Path) -> None:
    texts = written(tmp_path / "traffic.csv", [row[:1] for row in offers(90, seed=3)], ("query",))
    labels = written(tmp_path / "labels.csv", offers(100))

    ended = run(
        *("calibrate", "--bundle", str(shop.bundles), "--pairs", str(labels)),
        *("--unlabelled", str(texts)),
    )

    assert "90 other queries place the thresholds" in ended.out
    assert shop.bundle().reference.queries == 90  # type: ignore[union-attr]


def test_too_few_labels_promise_nothing_and_say_how_many_are_missing(
    run: Run, shop: Tables, tmp_path: Path
) -> None:
    labels = written(tmp_path / "labels.csv", offers(20))

    ended = run("calibrate", "--bundle", str(shop.bundles), "--pairs", str(labels))

    assert ended.status == 0
    assert re.search(r"0\.95 .*cannot promise \(\d+ more labels needed\)", ended.out)
    assert "cannot promise 0.95: a service set to it sends everything to people" in ended.out
    assert shop.bundle().promise_for(0.95).threshold is None
    assert shop.bundle().promise_for(0.95).labels_needed


def test_labels_of_the_review_queue_are_refused_and_nothing_is_changed(
    run: Run, shop: Tables, tmp_path: Path
) -> None:
    before = list_bundles(shop.bundles)
    rows = [(*row, "review" if at == 7 else "") for at, row in enumerate(offers(20))]
    labels = written(tmp_path / "labels.csv", rows, ("query", "product_id", "stream"))

    ended = run("calibrate", "--bundle", str(shop.bundles), "--pairs", str(labels))

    assert ended.status == 2
    assert "labels.csv:9" in ended.err
    assert "cannot certify a threshold" in ended.err
    assert list_bundles(shop.bundles) == before


def test_where_the_data_of_the_bundle_are_lost_its_promises_are_not_measured(
    run: Run, shop: Tables, tmp_path: Path
) -> None:
    shop.pairs.unlink()
    labels = written(tmp_path / "labels.csv", offers(600))

    ended = run("calibrate", "--bundle", str(shop.bundles), "--pairs", str(labels))

    assert ended.status == 0
    assert "warning: cannot read" in ended.err
    assert "not known which of these queries the bundle learnt from" in ended.err
    report = shop.bundle().directory / "report"
    assert "not measured" in (report / "report.html").read_text()
    assert json.loads((report / "metrics.json").read_text())["calibration"] is None


@pytest.mark.parametrize(
    ("rows", "options", "said"),
    [
        ([("q", "nothing")], [], "no product_id is in the catalogue of the bundle"),
        ([("", "p1"), ("q", "p1")], [], "1 bad rows, 0 allowed"),
        ([("q", "p1")], ["--target", "1"], "must be between 0 and 1"),
        ([("q", "p1")], ["--confidence", "1"], "must be between 0 and 1"),
        ([("q", "p1")], ["--set", "training.epochs=9"], "changes fields of calibration only"),
        ([("q", "p1")], ["--unlabelled", "nothing.csv"], "cannot read nothing.csv"),
        ([("q", "p1")], ["--bundle", "nothing"], "there is no current bundle"),
    ],
    ids=["ids", "bad-row", "target", "confidence", "section", "unlabelled", "bundle"],
)
def test_what_cannot_be_calibrated_is_said_and_status_2(
    run: Run,
    shop: Tables,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    rows: list[tuple[str, str]],
    options: list[str],
    said: str,
) -> None:
    monkeypatch.chdir(tmp_path)
    before = list_bundles(shop.bundles)
    labels = tmp_path / "labels.csv"
    write(labels, [("query", "product_id"), *rows])

    ended = run("calibrate", "--bundle", str(shop.bundles), "--pairs", str(labels), *options)

    assert ended.status == 2
    assert said in ended.err
    assert list_bundles(shop.bundles) == before
