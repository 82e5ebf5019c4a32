from __future__ import annotations

import csv
from pathlib import Path

import pytest

from models.bundle.load import load_bundle
from models.bundle.store import current_bundle
from tests.training.products import small_shop
from training import cli


@pytest.fixture
def tables(tmp_path: Path) -> list[str]:
    """The options that name the small shop as files, and where results go."""
    shop = small_shop()
    products, pairs = tmp_path / "products.csv", tmp_path / "pairs.csv"
    answers = [shop.products[row].product_id for row in shop.relevance.indices]
    with products.open("w", newline="") as file:
        titles = [(one.product_id, one.title) for one in shop.products]
        csv.writer(file).writerows([("id", "title"), *titles])
    with pairs.open("w", newline="") as file:
        rows = zip(shop.texts, answers, strict=True)
        csv.writer(file).writerows([("query", "product_id"), *rows])
    return [
        *("--products", str(products), "--pairs", str(pairs), "--epochs", "1"),
        "--no-decider",
        *("--bundles", str(tmp_path / "bundles"), "--run-dir", str(tmp_path / "run")),
    ]


def fit(monkeypatch: pytest.MonkeyPatch, *options: str) -> int:
    monkeypatch.setattr("sys.argv", ["alc-train", "fit", *options])
    with pytest.raises(SystemExit) as ended:
        cli.main()
    assert isinstance(ended.value.code, int)
    return ended.value.code


def test_a_kept_run_is_published_again_without_training(
    tables: list[str],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    published = []
    for _ in range(2):
        assert fit(monkeypatch, *tables) == 0
        published.append(load_bundle(current_bundle(tmp_path / "bundles")))
        printed = capsys.readouterr()

    assert "run: finished after 1 of 1 epochs" in printed.err
    assert "step 1/" not in printed.err
    vectors = [one.runtime.encoder.encode(["neff oven 60l"]).tolist() for one in published]
    assert vectors[0] == vectors[1]


def test_another_seed_is_refused_and_the_field_is_named(
    tables: list[str], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert fit(monkeypatch, *tables) == 0
    capsys.readouterr()

    assert fit(monkeypatch, *tables, "--seed", "1") == 2
    assert "training.seed is 0 there and 1 now" in capsys.readouterr().err
