"""An encoder of the configured kind, ready to be trained."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from models.errors import ConfigurationError
from training.encoders.base import Prepared
from training.encoders.ngram import prepare_ngram
from training.encoders.settings import EncoderSettings, NgramSettings, TransformerSettings


def prepare_encoder(
    settings: EncoderSettings,
    texts: Sequence[str],
    seed: int,
    on_texts: Callable[[int, int], None] | None = None,
    directory: Path | None = None,
) -> Prepared:
    """Return the encoder before training and the texts as its inputs; the seed draws new weights.

    What the texts are read as is kept in a `nameless_file` of the directory. Raises
    ConfigurationError when a pretrained encoder, or what it needs, cannot be used.
    """
    if isinstance(settings, NgramSettings):
        return prepare_ngram(settings, texts, seed, on_texts, directory)
    return _prepare_transformer(settings, texts, on_texts, directory)


def _prepare_transformer(
    settings: TransformerSettings,
    texts: Sequence[str],
    on_texts: Callable[[int, int], None] | None,
    directory: Path | None,
) -> Prepared:
    # Imported when it is asked for: to train the n-gram encoder needs none of its packages.
    try:
        from training.encoders.transformer import prepare_transformer
    except ModuleNotFoundError as error:
        raise ConfigurationError(
            f"the transformer encoder needs the package {error.name}:"
            " pip install 'alc[transformer]'"
        ) from error
    return prepare_transformer(settings, texts, on_texts, directory)
