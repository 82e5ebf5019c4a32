"""The texts of a run as tokens on disk: read once, and mapped into memory."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO

import numpy as np
import numpy.typing as npt
import torch

from models.transformer.tokens import Tokeniser, Tokens, mask_of
from training.encoders.base import Inputs, Rows
from training.encoders.scratch import nameless_file

TOKENISED_AT_ONCE = 8_192
# Texts of like length go through the model together: nearly half of a batch of product titles of
# up to 32 tokens would else be filling.
SMALLEST_PIECE = 64
MOST_PIECES = 8


@dataclass(frozen=True, slots=True, eq=False)
class TransformerTexts:
    """Token ids (texts, max_length) and how many of them each text has.

    `cut` is how many texts were longer than that and lost their end.
    """

    ids: npt.NDArray[np.uint16 | np.int32]
    lengths: npt.NDArray[np.int32]
    cut: int

    def __len__(self) -> int:
        return len(self.lengths)

    def select(self, rows: Rows) -> Inputs:
        """Return the place of each text among the texts by length, and these in pieces.

        A piece is token ids and their mask, int64, both (texts, longest of the piece).
        """
        order = np.argsort(self.lengths[rows], kind="stable")
        inputs = [torch.from_numpy(np.argsort(order))]
        for piece in np.array_split(order, _pieces(len(rows))):
            inputs += self._filled_up(rows[piece])
        return tuple(inputs)

    def _filled_up(self, rows: Rows) -> Inputs:
        lengths = self.lengths[rows].astype(np.int64)
        width = max(int(lengths.max(initial=0)), 1)
        ids = self.ids[rows, :width].astype(np.int64)
        return torch.from_numpy(ids), torch.from_numpy(mask_of(lengths, width))


def _pieces(texts: int) -> int:
    return min(max(texts // SMALLEST_PIECE, 1), MOST_PIECES)


def write_texts(
    texts: Sequence[str],
    tokeniser: Tokeniser,
    directory: Path | None = None,
    on_texts: Callable[[int, int], None] | None = None,
) -> TransformerTexts:
    """Return the texts as tokens, kept in a `nameless_file`; raises what that raises."""
    kind = np.uint16 if tokeniser.largest_id < 2**16 else np.int32
    lengths: list[npt.NDArray[np.int32]] = []
    cut = 0
    with nameless_file(directory) as file:
        for tokens in _in_pieces(texts, tokeniser, on_texts):
            _append(file, tokens, tokeniser, kind)
            lengths.append(tokens.lengths.astype(np.int32))
            cut += int(tokens.cut.sum())
        file.flush()
        ids = np.memmap(file, kind, "r", shape=(len(texts), tokeniser.max_length))
    return TransformerTexts(ids, np.concatenate(lengths), cut)


def _in_pieces(
    texts: Sequence[str], tokeniser: Tokeniser, on_texts: Callable[[int, int], None] | None
) -> Iterator[Tokens]:
    for start in range(0, len(texts), TOKENISED_AT_ONCE):
        yield tokeniser.tokens(texts[start : start + TOKENISED_AT_ONCE])
        if on_texts is not None:
            on_texts(min(start + TOKENISED_AT_ONCE, len(texts)), len(texts))


def _append(
    file: IO[bytes], tokens: Tokens, tokeniser: Tokeniser, kind: type[np.uint16 | np.int32]
) -> None:
    rows = np.full((len(tokens.ids), tokeniser.max_length), tokeniser.padding, dtype=kind)
    rows[:, : tokens.ids.shape[1]] = tokens.ids
    file.write(rows.tobytes())
