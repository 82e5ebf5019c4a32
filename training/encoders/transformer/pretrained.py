"""A Hugging Face encoder, checked before it is trained."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import torch
import transformers
from torch import nn
from transformers import PreTrainedModel
from transformers.utils import logging as library_log

from models.errors import ConfigurationError
from models.transformer.tokens import Tokeniser
from training.encoders.transformer.directory import check_directory

HUB_NAME = re.compile(r"[\w.-]+(/[\w.-]+)?")


@dataclass(frozen=True, slots=True, eq=False)
class Pretrained:
    """A model whose last hidden states have `dimension` numbers, and the tokeniser that fits."""

    model: nn.Module
    tokeniser: Tokeniser
    dimension: int


def load_pretrained(source: str, max_length: int) -> Pretrained:
    """Return the encoder in a local directory, or the one with this name on the hub.

    A directory is read without the network; weights are read from safetensors only. Raises
    ConfigurationError, naming the file, when it is not an encoder, its tokeniser does not fit,
    a weight is missing or not a finite number, or it cannot take `max_length` tokens.
    """
    local = _is_local(source)
    if local:
        check_directory(Path(source))
    with _reading(source):
        model = _load_model(source, local)
        tokeniser = _load_tokeniser(source, local, max_length, model)
    _check_vocabulary(source, model, tokeniser)
    _check_weights(source, model)
    return Pretrained(model, tokeniser, _probe(source, model, tokeniser))


def _is_local(source: str) -> bool:
    if Path(source).exists():
        return True
    if HUB_NAME.fullmatch(source) and not source.startswith("."):
        return False
    raise ConfigurationError(f"{source}: there is no such directory")


def _load_model(source: str, local: bool) -> PreTrainedModel:
    config = transformers.AutoConfig.from_pretrained(source, local_files_only=local)
    if config.is_encoder_decoder:
        raise ConfigurationError(
            f"{source}: is an encoder with a decoder ({config.model_type}); an encoder alone,"
            " such as BERT, is needed"
        )
    model, found = transformers.AutoModel.from_pretrained(
        source,
        config=config,
        local_files_only=local,
        use_safetensors=True,
        dtype=torch.float32,
        output_loading_info=True,
    )
    # The mean is taken over tokens: what the model makes of the first one alone is not used.
    missing = sorted(name for name in found["missing_keys"] if "pooler" not in name)
    if missing:
        raise ConfigurationError(f"{source}: its weights lack {missing[0]} and maybe more")
    if getattr(model, "pooler", None) is not None:
        model.pooler = None
    return model


def _load_tokeniser(source: str, local: bool, max_length: int, model: PreTrainedModel) -> Tokeniser:
    loaded = transformers.AutoTokenizer.from_pretrained(source, local_files_only=local)
    if not loaded.is_fast:
        raise ConfigurationError(
            f"{source}: has no tokenizer.json, and none can be made of its vocabulary"
        )
    known = (loaded.pad_token_id, model.config.pad_token_id)
    padding = next((one for one in known if one is not None), 0)
    return Tokeniser.of(loaded.backend_tokenizer.to_str(), max_length, padding)


@contextmanager
def _reading(source: str) -> Iterator[None]:
    """Read without the library's progress bars and reports; its errors name the encoder."""
    level, bars = library_log.get_verbosity(), library_log.is_progress_bar_enabled()
    library_log.set_verbosity_error()
    library_log.disable_progress_bar()
    try:
        yield
    except ConfigurationError:
        raise
    except Exception as error:  # the library raises whatever its parts raise
        raise ConfigurationError(f"{source}: cannot be read as an encoder: {error}") from error
    finally:
        library_log.set_verbosity(level)
        if bars:
            library_log.enable_progress_bar()


def _check_vocabulary(source: str, model: PreTrainedModel, tokeniser: Tokeniser) -> None:
    rows = model.get_input_embeddings().weight.shape[0]
    largest = max(tokeniser.largest_id, tokeniser.padding)
    if largest >= rows:
        raise ConfigurationError(
            f"{source}: its tokeniser has ids up to {largest}, its model knows only {rows}"
            " tokens: they do not belong together"
        )


def _check_weights(source: str, model: nn.Module) -> None:
    for name, weights in model.named_parameters():
        if not torch.isfinite(weights).all():
            raise ConfigurationError(
                f"{source}: in its weights, {name} holds NaN or infinite numbers"
            )


def _probe(source: str, model: nn.Module, tokeniser: Tokeniser) -> int:
    """Return the dimension of what the model makes of a text of the greatest length."""
    ids = torch.zeros((1, tokeniser.max_length), dtype=torch.int64)
    ids[:] = tokeniser.largest_id
    try:
        with torch.no_grad():
            states = model.eval()(input_ids=ids, attention_mask=torch.ones_like(ids))
    except (IndexError, RuntimeError) as error:
        raise ConfigurationError(
            f"{source}: cannot take texts of max_length {tokeniser.max_length}: {error}"
        ) from error
    return int(states.last_hidden_state.shape[-1])
