from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

from tests.training.commands.customer import Run, Tables, weights
from training.configuration.layers import Layer
from training.configuration.overlay import overlay
from training.configuration.read import DEFAULTS, defaults_of
from training.configuration.reference import as_page


def test_what_it_prints_is_a_file_with_the_defaults(run: Run, tmp_path: Path) -> None:
    printed = run("settings")
    (tmp_path / "run.toml").write_text(printed.out)

    again = run("settings", "--config", str(tmp_path / "run.toml"))

    assert (printed.status, printed.err) == (0, "")
    assert "#[data]" in printed.out
    assert overlay(DEFAULTS, [Layer("printed", tomllib.loads(again.out))]) == DEFAULTS


def test_it_prints_what_fit_would_use(run: Run, tmp_path: Path) -> None:
    file = tmp_path / "run.toml"
    file.write_text("[training]\nepochs = 3\ntcm = false\n")

    printed = run(
        "settings", "--config", str(file), "--recipe", "ngame", "--set", "training.epochs=5"
    ).out

    found = tomllib.loads(printed)
    assert found["recipe"] == "ngame"
    assert found["training"]["base"] == defaults_of("ngame").training.base
    assert (found["training"]["epochs"], found["training"]["tcm"]) == (5, False)


def test_as_a_page_it_is_that_of_the_documentation(run: Run) -> None:
    assert run("settings", "--format", "page").out == as_page()


@pytest.mark.parametrize("which", ["bundle", "bundles"])
def test_the_settings_of_a_bundle_make_the_same_bundle_again(
    run: Run, tables: Tables, which: str
) -> None:
    run("fit", *tables.arguments, "--no-alc", "--set", "training.encoder.dimension=16")
    first = tables.bundle()
    named = first.directory if which == "bundle" else tables.bundles
    file = tables.products.with_name("again.toml")
    file.write_text(run("settings", "--bundle", str(named)).out)

    assert run("fit", "--config", str(file), "--bundles", str(tables.bundles)).status == 0

    again = tables.bundle()
    assert again.manifest.configuration == first.manifest.configuration
    assert weights(again) == weights(first)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--bundle", "."], "./current: there is no current bundle"),
        (["--bundle", ".", "--recipe", "ngame"], "give either --bundle or --config"),
        (["--config", "none.toml"], "cannot read none.toml: No such file"),
        (["--set", "recipe=best"], "--set recipe=best: recipe must be one of softmax"),
    ],
    ids=["no-bundle", "both", "no-file", "no-recipe"],
)
def test_what_cannot_be_printed_is_one_line_and_status_2(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, arguments: list[str], said: str
) -> None:
    monkeypatch.chdir(tmp_path)

    ended = run("settings", *arguments)

    assert ended.status == 2
    assert said.removeprefix("./") in ended.err
    assert ended.err.count("\n") == 1
