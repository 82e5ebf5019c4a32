"""What a directory must hold to be an encoder; looked at before any library reads it."""

from __future__ import annotations

import json
from pathlib import Path

from models.errors import ConfigurationError

CONFIG = "config.json"
WEIGHTS = ("model.safetensors", "model.safetensors.index.json")
VOCABULARIES = (
    ("tokenizer.json",),
    ("vocab.txt",),
    ("vocab.json", "merges.txt"),
    ("tokenizer.model",),
    ("spiece.model",),
    ("sentencepiece.bpe.model",),
)
PICKLED = "pytorch_model.bin"


def check_directory(directory: Path) -> None:
    """Raise ConfigurationError, naming the missing or damaged file, unless it is an encoder's."""
    if not directory.is_dir():
        raise ConfigurationError(f"{directory}: is not a directory")
    _check_config(directory / CONFIG)
    if not any((directory / name).is_file() for name in WEIGHTS):
        raise ConfigurationError(f"{directory / WEIGHTS[0]}: is missing{_advice(directory)}")
    if not any(all((directory / name).is_file() for name in names) for names in VOCABULARIES):
        raise ConfigurationError(
            f"{directory / VOCABULARIES[0][0]}: is missing, and so is a vocabulary to make it of"
        )


def _check_config(path: Path) -> None:
    try:
        stated = json.loads(path.read_text())
    except FileNotFoundError as error:
        raise ConfigurationError(
            f"{path}: is missing: {path.parent} is not the directory of an encoder"
        ) from error
    except (OSError, ValueError) as error:
        raise ConfigurationError(f"{path}: cannot be read: {error}") from error
    if not isinstance(stated, dict) or "model_type" not in stated:
        raise ConfigurationError(f"{path}: has no model_type, so it is not that of an encoder")


def _advice(directory: Path) -> str:
    if not (directory / PICKLED).is_file():
        return ""
    return (
        f"; {PICKLED} is not read, because such a file can run code."
        " Save the model again with save_pretrained, which writes safetensors"
    )
