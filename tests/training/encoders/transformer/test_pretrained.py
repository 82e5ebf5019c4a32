from __future__ import annotations

import json
import shutil
import socket
from pathlib import Path
from typing import Any, NoReturn

import pytest
import torch
from safetensors.torch import load_file, save_file
from transformers import AutoTokenizer, BartConfig, BartModel
from transformers.utils import logging as library_log

from models.errors import ConfigurationError
from tests.small_bundle import TITLES
from tests.tiny_transformer import word_pieces
from training.encoders.transformer.pretrained import load_pretrained


@pytest.fixture
def copied(bert: Path, tmp_path: Path) -> Path:
    """A directory to be damaged."""
    return shutil.copytree(bert, tmp_path / "copied")


def refused(directory: Path | str, said: str, max_length: int = 12) -> None:
    with pytest.raises(ConfigurationError, match=said):
        load_pretrained(str(directory), max_length)


def edit(path: Path, **fields: object) -> None:
    path.write_text(json.dumps(json.loads(path.read_text()) | fields))


def change_weights(directory: Path, change: Any) -> None:
    path = directory / "model.safetensors"
    weights = load_file(path)
    change(weights)
    save_file(weights, path, {"format": "pt"})


def test_a_directory_is_read_without_the_network(
    bert: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def no_network(*_: object) -> NoReturn:
        raise AssertionError("the network was asked")

    monkeypatch.setattr(socket.socket, "connect", no_network)
    monkeypatch.setattr(socket, "getaddrinfo", no_network)

    assert load_pretrained(str(bert), 12).dimension == 32


def test_its_tokens_are_those_of_the_library(bert: Path) -> None:
    read = load_pretrained(str(bert), 6).tokeniser.tokens(TITLES)

    library = AutoTokenizer.from_pretrained(bert)
    expected = library(list(TITLES), truncation=True, max_length=6, padding=True)
    assert read.ids.tolist() == expected["input_ids"]
    assert read.mask().tolist() == expected["attention_mask"]


def test_the_library_is_as_talkative_afterwards_as_before(
    bert: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    level = library_log.get_verbosity()

    load_pretrained(str(bert), 12)

    assert (library_log.get_verbosity(), library_log.is_progress_bar_enabled()) == (level, True)
    assert capfd.readouterr().err == ""


@pytest.mark.parametrize("name", ["config.json", "tokenizer.json", "model.safetensors"])
def test_a_missing_file_is_named(copied: Path, name: str) -> None:
    (copied / name).unlink()

    refused(copied, rf"{name}: is missing")


def test_weights_that_can_run_code_are_not_read(copied: Path) -> None:
    (copied / "model.safetensors").rename(copied / "pytorch_model.bin")

    refused(copied, r"model\.safetensors: is missing; pytorch_model\.bin is not read")


@pytest.mark.parametrize("content", ["", "[]", "{}", "\\"])
def test_a_configuration_that_is_none_is_named(copied: Path, content: str) -> None:
    (copied / "config.json").write_text(content)

    refused(copied, r"config\.json: ")


@pytest.mark.parametrize("name", ["tokenizer.json", "model.safetensors"])
def test_a_damaged_file_names_the_directory(copied: Path, name: str) -> None:
    (copied / name).write_bytes(b"damaged")

    refused(copied, f"{copied}: cannot be read as an encoder")


@pytest.mark.parametrize("name", ["./missing", "/nowhere/at all"])
def test_a_directory_that_is_not_there_is_said_to_be(name: str) -> None:
    refused(name, "there is no such directory")


def test_a_file_is_no_directory(bert: Path) -> None:
    refused(bert / "config.json", "is not a directory")


def test_a_tokeniser_of_another_model_is_refused(copied: Path) -> None:
    word_pieces([*TITLES, "these words make more tokens"]).save(str(copied / "tokenizer.json"))

    refused(copied, f"{copied}: its tokeniser has ids up to")


@pytest.mark.parametrize("value", [float("nan"), float("inf")])
def test_weights_that_are_no_numbers_are_named(copied: Path, value: float) -> None:
    name = "encoder.layer.1.output.dense.bias"

    change_weights(copied, lambda weights: weights[name].index_fill_(0, torch.tensor(3), value))

    refused(copied, f"{copied}: in its weights, {name} holds NaN")


def test_weights_that_are_not_there_are_named(copied: Path) -> None:
    name = "encoder.layer.1.output.dense.bias"

    change_weights(copied, lambda weights: weights.pop(name))

    refused(copied, f"its weights lack {name}")


def test_weights_of_another_shape_are_refused(copied: Path) -> None:
    edit(copied / "config.json", intermediate_size=65)

    refused(copied, f"{copied}: cannot be read as an encoder")


def test_the_model_must_have_a_place_for_every_token(bert: Path) -> None:
    load_pretrained(str(bert), 64)
    refused(bert, "cannot take texts of max_length 65", max_length=65)


def test_a_length_without_room_for_a_word_is_refused(bert: Path) -> None:
    refused(bert, "max_length must be above that", max_length=2)


def test_a_model_with_a_decoder_is_refused(copied: Path) -> None:
    layers = {"encoder_layers": 1, "decoder_layers": 1, "d_model": 16}
    BartModel(BartConfig(vocab_size=100, **layers)).save_pretrained(copied)

    refused(copied, r"is an encoder with a decoder \(bart\)")
