"""Which kinds of encoder a bundle can carry, and how each is read."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from pathlib import Path

from models.encoder import Encoder
from models.errors import BundleError
from models.ngram.runtime import NgramEncoder

EncoderLoader = Callable[[Path], Encoder]

CONFIG_FILE = "config.json"


def _load_transformer(directory: Path) -> Encoder:
    # Imported when such a bundle is loaded: a service of n-gram bundles does not need the packages.
    try:
        from models.transformer.runtime import TransformerEncoder
    except ModuleNotFoundError as error:
        raise BundleError(
            f"{directory}: a transformer encoder needs the package {error.name}:"
            " pip install 'alc[transformer-serving]'"
        ) from error
    return TransformerEncoder.load(directory)


ENCODER_LOADERS: Mapping[str, EncoderLoader] = {
    "ngram": NgramEncoder.load,
    "transformer": _load_transformer,
}


def load_encoder(
    directory: Path, loaders: Mapping[str, EncoderLoader] = ENCODER_LOADERS
) -> Encoder:
    """Return the encoder in this directory.

    Raises BundleError, naming the file, when it is missing, damaged or of an unknown kind.
    """
    kind = encoder_kind(directory)
    if kind not in loaders:
        raise BundleError(
            f"{directory / CONFIG_FILE}: this software has no encoder of kind {kind!r}"
        )
    return loaders[kind](directory)


def encoder_kind(directory: Path) -> str:
    """Return the kind that the encoder's `config.json` states."""
    path = directory / CONFIG_FILE
    try:
        return str(json.loads(path.read_text())["kind"])
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise BundleError(f"{path}: cannot be read: {error!r}") from error
