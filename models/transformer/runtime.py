"""The transformer encoder as served: ONNX Runtime and the tokeniser, no torch."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Self

import numpy as np
import numpy.typing as npt
import onnxruntime

from models.encoder import Flags, FloatMatrix, unit_rows
from models.errors import BundleError
from models.transformer.tokens import Ids, Tokeniser, Tokens

KIND = "transformer"
FORMAT = 1
CONFIG_FILE, TOKENISER_FILE, MODEL_FILE = "config.json", "tokenizer.json", "model.onnx"
INPUT_NAMES, OUTPUT_NAME = ("ids", "mask"), "embeddings"

# More texts at once are not faster on a processor, and fewer are filled up less.
BATCH = 32
# The tokeniser's own results take kilobytes a text: a catalogue is encoded in pieces.
TOKENISED_AT_ONCE = 8_192


@dataclass(frozen=True, slots=True)
class TransformerConfig:
    """What `config.json` states; for `max_length` and `padding` see `Tokeniser`."""

    dimension: int
    max_length: int
    padding: int
    kind: str = KIND
    format: int = FORMAT


@dataclass(frozen=True, slots=True, eq=False, weakref_slot=True)
class TransformerEncoder:
    """h = norm(mean over a text's tokens of the transformer's last hidden states).

    The model stays in `directory`, which holds nothing else and must not change.
    """

    directory: Path
    config: TransformerConfig
    tokeniser: Tokeniser
    session: onnxruntime.InferenceSession = field(repr=False)

    @property
    def dimension(self) -> int:
        return self.config.dimension

    def encode(self, texts: Sequence[str]) -> FloatMatrix:
        """Return unit embeddings (len(texts), d); a text without a token gets zeros."""
        embeddings = np.zeros((len(texts), self.dimension), dtype=np.float32)
        for start in range(0, len(texts), TOKENISED_AT_ONCE):
            tokens = self.tokeniser.tokens(texts[start : start + TOKENISED_AT_ONCE])
            for rows in _by_length(tokens):
                chosen = tokens.rows(rows)
                embeddings[start + rows] = self.pooled(chosen.ids, chosen.mask())
        return unit_rows(embeddings)

    def pooled(self, ids: Ids, mask: Ids) -> FloatMatrix:
        """Return raw embeddings (texts, d) of token ids and their mask, both (texts, longest)."""
        inputs = dict(zip(INPUT_NAMES, (ids, mask), strict=True))
        embeddings: FloatMatrix = self.session.run([OUTPUT_NAME], inputs)[0]
        return embeddings

    def truncated(self, texts: Sequence[str]) -> Flags:
        """Return which texts have more tokens than `max_length`: their end is not read."""
        return self.tokeniser.cut(texts)

    def save(self, directory: Path) -> None:
        """Copy config.json, tokenizer.json and the model's files."""
        shutil.copytree(self.directory, directory, dirs_exist_ok=True)

    @classmethod
    def load(cls, directory: Path) -> Self:
        """Return the encoder in this directory; raise BundleError naming the file that is wrong."""
        config = _read_config(directory / CONFIG_FILE)
        tokeniser = _read_tokeniser(directory / TOKENISER_FILE, config)
        session = _open_model(directory / MODEL_FILE, config)
        return cls(directory, config, tokeniser, session)


def write_parts(directory: Path, config: TransformerConfig, tokeniser: Tokeniser) -> None:
    """Write what lies beside the model: config.json and tokenizer.json."""
    (directory / CONFIG_FILE).write_text(json.dumps(asdict(config), indent=2) + "\n")
    (directory / TOKENISER_FILE).write_text(tokeniser.definition())


def _by_length(tokens: Tokens) -> Iterator[npt.NDArray[np.int64]]:
    """Yield the rows of texts with tokens, those of like length together."""
    order = np.argsort(tokens.lengths, kind="stable")
    order = order[np.count_nonzero(tokens.lengths == 0) :]
    for start in range(0, len(order), BATCH):
        yield order[start : start + BATCH]


def _read_config(path: Path) -> TransformerConfig:
    try:
        stated: dict[str, Any] = json.loads(path.read_text())
        config = TransformerConfig(**stated)
    except (OSError, ValueError, TypeError) as error:
        raise BundleError(f"{path}: cannot be read: {error!r}") from error
    if (config.kind, config.format) != (KIND, FORMAT):
        raise BundleError(f"{path} is not a {KIND} encoder of format {FORMAT}")
    return config


def _read_tokeniser(path: Path, config: TransformerConfig) -> Tokeniser:
    try:
        return Tokeniser.of(path.read_text(), config.max_length, config.padding)
    except (OSError, ValueError) as error:
        raise BundleError(f"{path}: cannot be used: {error}") from error


def _open_model(path: Path, config: TransformerConfig) -> onnxruntime.InferenceSession:
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = _threads()
    # A waiting thread would spin on the cores that answer requests, and gains nothing measurable.
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    try:
        session = onnxruntime.InferenceSession(path, options, ["CPUExecutionProvider"])
    except Exception as error:  # its errors have no base class of their own
        raise BundleError(f"{path}: cannot be opened: {error}") from error
    _check_shapes(path, session, config)
    return session


def _check_shapes(
    path: Path, session: onnxruntime.InferenceSession, config: TransformerConfig
) -> None:
    inputs = tuple(one.name for one in session.get_inputs())
    outputs = {one.name: one.shape[-1] for one in session.get_outputs()}
    if inputs != INPUT_NAMES or outputs != {OUTPUT_NAME: config.dimension}:
        raise BundleError(
            f"{path}: has inputs {inputs} and outputs {outputs}, but {CONFIG_FILE} states"
            f" {INPUT_NAMES} and {{{OUTPUT_NAME!r}: {config.dimension}}}"
        )


def _threads() -> int:
    """Return how many threads work on one batch: OMP_NUM_THREADS, or all cores we may use."""
    stated = os.environ.get("OMP_NUM_THREADS", "")
    if stated.isdecimal() and int(stated) > 0:
        return int(stated)
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
