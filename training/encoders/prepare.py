"""An encoder of the configured kind, ready to be trained."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from training.encoders.base import Prepared
from training.encoders.ngram import prepare_ngram
from training.encoders.settings import EncoderSettings


def prepare_encoder(
    settings: EncoderSettings,
    texts: Sequence[str],
    seed: int,
    on_texts: Callable[[int, int], None] | None = None,
) -> Prepared:
    """Return the untrained encoder and the texts as its inputs; the seed draws its weights."""
    return prepare_ngram(settings, texts, seed, on_texts)
