from __future__ import annotations

from pathlib import Path

import pytest

from models.errors import ConfigurationError
from training.configuration.layers import (
    Layer,
    assignment_layer,
    merged,
    option_layers,
    read_layer,
)


def test_a_file_is_a_layer_whose_paths_start_at_its_directory(tmp_path: Path) -> None:
    file = tmp_path / "run.toml"
    file.write_text('recipe = "ngame"\n[training]\nepochs = 3\n')

    expected = {"recipe": "ngame", "training": {"epochs": 3}}
    assert read_layer(file) == Layer(str(file), expected, tmp_path)


@pytest.mark.parametrize(
    ("content", "fault"),
    [
        (b"epochs 3", r"is not valid TOML: .*line 1"),
        (b"a = 1\na = 2\n", r"is not valid TOML: .*line 2"),
        (b'recipe = "\xff"', "is not UTF-8 text"),
    ],
    ids=["no-equals", "given-twice", "not-utf-8"],
)
def test_a_file_that_is_not_toml_is_named(tmp_path: Path, content: bytes, fault: str) -> None:
    file = tmp_path / "run.toml"
    file.write_bytes(content)

    with pytest.raises(ConfigurationError, match=rf"run\.toml: {fault}"):
        read_layer(file)


@pytest.mark.parametrize("name", ["none.toml", "."])
def test_a_file_that_cannot_be_read_is_named(tmp_path: Path, name: str) -> None:
    with pytest.raises(ConfigurationError, match=r"cannot read .*: (No such file|Is a directory)"):
        read_layer(tmp_path / name)


@pytest.mark.parametrize(
    ("assignment", "value"),
    [
        ("training.epochs=8", 8),
        ("training.epochs = 8", 8),
        ("training.alc=false", False),
        ("training.base=triplet", "triplet"),
        ('training.base="triplet"', "triplet"),
        ("training.sampler=[1, 2]", [1, 2]),
        ("training.base=a=b", "a=b"),
        ("training.base=1\nrecipe = 2", "1\nrecipe = 2"),
        ("training.base=", ""),
    ],
)
def test_an_assignment_is_a_layer_of_one_field(assignment: str, value: object) -> None:
    layer = assignment_layer(assignment)

    name = assignment.partition("=")[0].strip().partition(".")[2]
    assert layer.table == {"training": {name: value}}
    assert layer.name == f"--set {assignment}"


@pytest.mark.parametrize("assignment", ["training.epochs", "=3", "training..epochs=3", ""])
def test_what_assigns_nothing_is_refused(assignment: str) -> None:
    with pytest.raises(ConfigurationError, match="write it as NAME=VALUE"):
        assignment_layer(assignment)


def test_options_that_were_not_given_say_nothing() -> None:
    layers = option_layers({"training.seed": 0, "training.alc": None, "data.max_bad_rows": 2})

    assert layers == [
        Layer("--seed", {"training": {"seed": 0}}),
        Layer("--max-bad-rows", {"data": {"max_bad_rows": 2}}),
    ]


@pytest.mark.parametrize(
    ("below", "above", "both"),
    [
        ({"a": 1, "b": 2}, {"b": 3}, {"a": 1, "b": 3}),
        ({"s": {"a": 1, "b": 2}}, {"s": {"b": 3}}, {"s": {"a": 1, "b": 3}}),
        ({"s": {"a": 1}}, {"s": False}, {"s": False}),
        ({"s": False}, {"s": {"a": 1}}, {"s": {"a": 1}}),
        ({"s": {"kind": "x", "a": 1}}, {"s": {"kind": "y"}}, {"s": {"kind": "y"}}),
        ({"s": {"kind": "x", "a": 1}}, {"s": {"kind": "x"}}, {"s": {"kind": "x", "a": 1}}),
        ({"s": {"a": 1}}, {"s": {"kind": "x"}}, {"s": {"a": 1, "kind": "x"}}),
    ],
)
def test_later_layers_win_field_by_field(
    below: dict[str, object], above: dict[str, object], both: dict[str, object]
) -> None:
    assert merged([Layer("below", below), Layer("above", above)]) == both
