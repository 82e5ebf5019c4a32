"""From a trained module to the files of the service's runtime."""

from __future__ import annotations

import copy
import logging
import shutil
import tempfile
import warnings
import weakref
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import numpy as np
import torch
from torch import Tensor, nn

from models.encoder import unit_rows
from models.errors import ConfigurationError
from models.transformer.runtime import (
    INPUT_NAMES,
    MODEL_FILE,
    OUTPUT_NAME,
    TransformerConfig,
    TransformerEncoder,
    write_parts,
)
from models.transformer.tokens import Tokeniser, mask_of

SAME = 0.9999


def export_encoder(module: nn.Module, tokeniser: Tokeniser, dimension: int) -> TransformerEncoder:
    """Return the module, which takes ids and mask, as it is served.

    Its files lie in a temporary directory, which goes with the returned encoder. Raises
    ConfigurationError when it cannot be exported, or its embeddings then are not the same.
    """
    still = copy.deepcopy(module).cpu().float().eval()
    with ExitStack() as stack:
        directory = Path(tempfile.mkdtemp(prefix="alc-encoder-"))
        stack.callback(shutil.rmtree, directory)
        _write_model(still, directory / MODEL_FILE)
        config = TransformerConfig(dimension, tokeniser.max_length, tokeniser.padding)
        write_parts(directory, config, tokeniser)
        served = TransformerEncoder.load(directory)
        _check_same(still, served)
        weakref.finalize(served, stack.pop_all().close)
    return served


def _write_model(module: nn.Module, path: Path) -> None:
    batch, length = torch.export.Dim("batch"), torch.export.Dim("length")
    try:
        with torch.no_grad(), _quietly():
            torch.onnx.export(
                module,
                _example([3, 8], padding=0, largest_id=0),
                path,
                input_names=INPUT_NAMES,
                output_names=[OUTPUT_NAME],
                dynamic_shapes=({0: batch, 1: length}, {0: batch, 1: length}),
                dynamo=True,
                external_data=True,
                verbose=False,
            )
    except torch.onnx.OnnxExporterError as error:
        raise ConfigurationError(
            f"this kind of model cannot be exported, so not be served; choose another: {error}"
        ) from error


def _example(lengths: list[int], padding: int, largest_id: int) -> tuple[Tensor, Tensor]:
    """Return seeded token ids and their mask for texts of these lengths."""
    mask = mask_of(np.array(lengths), max(lengths))
    drawn = np.random.default_rng(0).integers(0, largest_id + 1, mask.shape)
    return torch.from_numpy(np.where(mask, drawn, padding)), torch.from_numpy(mask)


def _check_same(module: nn.Module, served: TransformerEncoder) -> None:
    tokeniser = served.tokeniser
    for lengths in ([1], [tokeniser.max_length, 2, 5]):
        ids, mask = _example(lengths, tokeniser.padding, tokeniser.largest_id)
        with torch.no_grad():
            trained = unit_rows(module(ids, mask).numpy())
        exported = unit_rows(served.pooled(ids.numpy(), mask.numpy()))
        if not (cosines := (trained * exported).sum(axis=1)).min() >= SAME:
            raise ConfigurationError(
                "the exported encoder is not the trained one: the cosine of their embeddings is"
                f" {cosines.min():.6f}. This kind of model cannot be served; choose another"
            )


@contextmanager
def _quietly() -> Iterator[None]:
    """Export without the exporter's remarks on packages and functions that are not ours."""
    logger = logging.getLogger("torch.onnx")
    level = logger.level
    logger.setLevel(logging.ERROR)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    finally:
        logger.setLevel(level)
