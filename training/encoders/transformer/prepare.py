"""A pretrained transformer ready to be trained, and the texts as its tokens."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from training.encoders.base import Prepared
from training.encoders.settings import TransformerSettings
from training.encoders.transformer.module import TransformerModule
from training.encoders.transformer.pretrained import load_pretrained
from training.encoders.transformer.texts import write_texts


def prepare_transformer(
    settings: TransformerSettings,
    texts: Sequence[str],
    on_texts: Callable[[int, int], None] | None = None,
    directory: Path | None = None,
) -> Prepared:
    """Return the pretrained encoder and the texts, kept in a `nameless_file` of the directory.

    `on_texts` is told how many texts are tokenised, and of how many. Raises ConfigurationError
    when the encoder cannot be trained or served, before any text is read.
    """
    pretrained = load_pretrained(settings.model, settings.max_length)
    module = TransformerModule(pretrained, settings)
    module.export()  # a model that cannot be served must not be found out after hours of training
    tokeniser = pretrained.tokeniser
    return Prepared(
        module,
        write_texts(texts, tokeniser, directory, on_texts),
        read=lambda others: write_texts(others, tokeniser, directory),
    )
