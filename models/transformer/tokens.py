"""Texts to token ids: the trainer and the service cut texts by the same code."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Self

import numpy as np
import numpy.typing as npt
from tokenizers import Encoding, Tokenizer

Ids = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True, eq=False)
class Tokens:
    """Token ids of several texts.

    `ids` (texts, longest) is filled up on the right; text i has the first `lengths[i]` of row i,
    and none when there is nothing in it. `cut` says which texts were longer than allowed.
    """

    ids: Ids
    lengths: npt.NDArray[np.int64]
    cut: npt.NDArray[np.bool_]

    def rows(self, rows: Ids) -> Self:
        """Return these texts, filled up to the longest of them."""
        lengths = self.lengths[rows]
        return type(self)(self.ids[rows, : lengths.max(initial=0)], lengths, self.cut[rows])

    def mask(self) -> Ids:
        """Return 1 where `ids` holds a token of the text and 0 where it is filled up."""
        return mask_of(self.lengths, self.ids.shape[1])


def mask_of(lengths: npt.NDArray[np.int64], width: int) -> Ids:
    """Return (texts, width): 1 in the first `lengths[i]` columns of row i, else 0."""
    return (np.arange(width) < lengths[:, None]).astype(np.int64)


@dataclass(frozen=True, slots=True, eq=False)
class Tokeniser:
    """A tokeniser of the Hugging Face library that cuts texts at `max_length` tokens.

    `special` is how many tokens it adds to every text, `padding` the id that stands for none, and
    `largest_id` the largest that it gives.
    """

    backend: Tokenizer
    max_length: int
    padding: int
    special: int
    largest_id: int

    @classmethod
    def of(cls, definition: str, max_length: int, padding: int) -> Self:
        """Return the tokeniser that a `tokenizer.json` with this content defines.

        Raises ValueError when it cannot be read, or leaves no room for a token of the text.
        """
        try:
            backend = Tokenizer.from_str(definition)
        except Exception as error:  # the library raises nothing more specific
            raise ValueError(f"is not a tokeniser: {error}") from error
        special = backend.num_special_tokens_to_add(is_pair=False)
        if max_length <= special:
            raise ValueError(f"adds {special} tokens to a text: max_length must be above that")
        backend.no_padding()
        backend.enable_truncation(max_length)
        largest = max(backend.get_vocab(with_added_tokens=True).values())
        return cls(backend, max_length, padding, special, largest)

    def definition(self) -> str:
        """Return the content of a `tokenizer.json` for `of`."""
        return self.backend.to_str()

    def cut(self, texts: Sequence[str]) -> npt.NDArray[np.bool_]:
        """Return which texts (texts,) have more tokens than `max_length`."""
        return _cut(self._encoded(texts))

    def tokens(self, texts: Sequence[str]) -> Tokens:
        """Return the tokens of the texts.

        A text in which nothing is left but the tokens that every text gets has length 0.
        """
        found = self._encoded(texts)
        ids = [one.ids for one in found]
        lengths = np.fromiter(map(len, ids), dtype=np.int64, count=len(ids))
        padded = np.full((len(ids), lengths.max(initial=0)), self.padding, dtype=np.int64)
        flat = np.fromiter(chain.from_iterable(ids), dtype=np.int64, count=lengths.sum())
        padded[np.arange(padded.shape[1]) < lengths[:, None]] = flat
        return Tokens(padded, np.where(lengths > self.special, lengths, 0), _cut(found))

    def _encoded(self, texts: Sequence[str]) -> list[Encoding]:
        return self.backend.encode_batch([_well_formed(text) for text in texts])


def _cut(found: Sequence[Encoding]) -> npt.NDArray[np.bool_]:
    return np.fromiter((bool(one.overflowing) for one in found), dtype=np.bool_, count=len(found))


def _well_formed(text: str) -> str:
    """Return the text with `?` for every half of a surrogate pair, which no tokeniser takes."""
    return text.encode("utf-8", "replace").decode("utf-8")
