"""What the labels of the review queue are worth: before and after, beside labels drawn at random.

Run: make benchmark-reviews      (about half an hour on a busy machine)

On the sample. A model is trained on 30 % of the training offers and served; the other 70 % are
asked, and every task that opens is answered with its true label. The export of the service then
trains a second model, as `alc-train fit --reviews` does, and as many labels of the same offers,
drawn at random, a third one. All three are calibrated and tested on the same held-out offers.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
from rich.console import Console

from benchmarks.processes import Target, running_service
from benchmarks.queue_work import answer_all, ask, connected
from training.compare.table import spread
from training.data.dataset import Dataset, Rows
from training.data.pricerunner import load_pricerunner
from training.data.splits import HELD_OUT_SHARE, SplitKind
from training.evaluation.report import Evaluation
from training.evaluation.table import as_text
from training.parts import learnt_parts
from training.pipeline import train, train_and_publish
from training.pipeline_settings import PipelineSettings
from training.progress import progress, training_bar
from training.reviews.read import Reviews, read_reviews
from training.reviews.settings import ReviewSettings
from training.settings import TrainingSettings

TRAINED_SHARE = 0.30  # of the training offers
TARGET = 0.95
SCOPES = ("recommend", "review", "admin")
BEFORE, AFTER, RANDOM, ALL = "before", "review labels", "random labels", "all labels"
HEADER = ("trained on", "labels", "P@1", "C@1(0.95) oracle", "certified at 0.95", "its precision")
MEASURES = {"precision_at_1": "P@1", "oracle": "C@1(0.95) oracle", "certified": "certified at 0.95"}
GAINS = ((AFTER, BEFORE), (RANDOM, BEFORE), (AFTER, RANDOM))


@dataclass(frozen=True, slots=True)
class Result:
    """One model on the test offers; what is promised is None where nothing is."""

    labels: int
    precision_at_1: float
    oracle: float
    certified: float
    precision: float | None


@dataclass(frozen=True, slots=True)
class Division:
    """The offers that are trained on and held out, as a data set, and those that will be asked."""

    data: Dataset
    asked: Dataset

    def right(self) -> Mapping[str, list[str]]:
        """Return the right products of each text that will be asked."""
        found: dict[str, list[str]] = {}
        for text, row in zip(self.asked.texts, self.asked.relevance.indices, strict=True):
            products = found.setdefault(text, [])
            name = self.asked.products[row].product_id
            if name not in products:
                products.append(name)
        return found


def main() -> None:
    """Print what each seed came to, then a row for each kind of labels."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--seeds", type=int, nargs="+", default=[0, 1, 2])
    parser.add_argument("--epochs", type=int, default=TrainingSettings().epochs)
    parser.add_argument("--all", action="store_true", help="also train on all labels")
    chosen = parser.parse_args()
    console, results = Console(stderr=True), dict[str, list[Result]]()
    for seed in chosen.seeds:
        training = TrainingSettings(seed=seed, epochs=chosen.epochs)
        settings = PipelineSettings(split=SplitKind.GIVEN, training=training)
        for name, result in _run(settings, console, with_all=chosen.all):
            results.setdefault(name, []).append(result)
            console.print(f"seed {seed}, {name}: {result}", markup=False, soft_wrap=True)
    print(as_text([list(HEADER), *(_row(name, found) for name, found in results.items())]))
    print(f"\n{as_text(gains(results))}")


def _run(
    settings: PipelineSettings, console: Console, *, with_all: bool
) -> Iterator[tuple[str, Result]]:
    seed = settings.training.seed
    division = divided(load_pricerunner(), seed)
    with TemporaryDirectory(prefix="alc-benchmark-") as name:
        directory = Path(name)
        yield BEFORE, _before(division.data, settings, directory, console)
        reviews = _reviews(division, directory, console)
        yield AFTER, _after(division.data, settings, reviews, console)
        right = division.right()
        texts = np.random.default_rng(seed).permutation(sorted(right)).tolist()
        drawn = {RANDOM: texts[: len(reviews.labels)]} | ({ALL: texts} if with_all else {})
        for kind, labelled in drawn.items():
            file = directory / f"{len(labelled)}.jsonl"
            _write_pairs(file, labelled, right)
            read = read_reviews(ReviewSettings((str(file),)), division.data.products, None)
            yield kind, _after(division.data, settings, read, console)


def divided(sample: Dataset, seed: int) -> Division:
    """Return 30 % of the training offers beside all that are held out, and the other 70 %.

    Held-out offers are as many as in the split `offers`; half of them calibrate, half test.
    """
    order = np.random.default_rng(seed).permutation(len(sample))
    held = round(HELD_OUT_SHARE * len(sample))
    trained = held + round(TRAINED_SHARE * (len(sample) - held))
    marks = np.zeros(len(sample), np.bool_)
    marks[order[:held]] = True
    kept: Rows = np.sort(order[:trained])
    data = replace(sample, held_out=marks).subset(kept)
    return Division(data, sample.subset(np.sort(order[trained:])))


def _before(data: Dataset, settings: PipelineSettings, directory: Path, console: Console) -> Result:
    with progress(console) as bars:
        now = datetime.now(UTC)
        _, trained = train_and_publish(data, settings, directory, now, training_bar(bars))
    return _result(trained.evaluations[-1], 0)


def _reviews(division: Division, bundles: Path, console: Console) -> Reviews:
    """Ask the offers, answer the queue, and return what the service exports."""
    right = division.right()
    with running_service(bundles, SCOPES) as service, connected(service) as client:
        decisions = ask(client, division.asked.texts)
        answered = answer_all(client, right.__getitem__)
        console.print(f"{dict(decisions)}; {answered:,} tasks were answered", markup=False)
        settings = ReviewSettings((_export(service),))
        return read_reviews(settings, division.data.products, _key(service))


def _export(service: Target) -> str:
    return f"http://{service.host}:{service.port}/v1/reviews/export?format=jsonl"


def _key(service: Target) -> str:
    return service.headers["authorization"].removeprefix("Bearer ")


def _after(data: Dataset, settings: PipelineSettings, reviews: Reviews, console: Console) -> Result:
    named = ReviewSettings(tuple(name for name, _ in reviews.sources))
    settings = replace(settings, reviews=named)
    parts, report = learnt_parts(data, settings, reviews)
    assert report is not None
    for kind in ("used", "refused", "left_out"):
        console.print(f"{kind}: {dict(report.total(kind))}", markup=False)
    with progress(console) as bars:
        trained = train(parts, settings, datetime.now(UTC), training_bar(bars))
    return _result(trained.evaluations[-1], report.used)


def _write_pairs(file: Path, texts: Sequence[str], right: Mapping[str, list[str]]) -> None:
    rows = (
        {"query_id": text, "query": text, "product_id": name, "source": "", "stream": "review"}
        for text in texts
        for name in right[text]
    )
    file.write_text("".join(json.dumps(row) + "\n" for row in rows))


def _result(evaluation: Evaluation, labels: int) -> Result:
    oracle = next(one for one in evaluation.oracle if one.target_precision == TARGET)
    promised = next(one for one in evaluation.calibrated if one.promise.target_precision == TARGET)
    measured = promised.measured
    return Result(
        labels,
        evaluation.precision_at_1,
        oracle.coverage,
        measured.automation_coverage,
        measured.precision,
    )


def gains(results: Mapping[str, Sequence[Result]]) -> list[list[str]]:
    """Return what one kind of labels adds to another, seed by seed: mean and deviation."""
    rows = [["gain", *MEASURES.values()]]
    for more, less in GAINS:
        pairs = list(zip(results[more], results[less], strict=True))
        row = [f"{more} - {less}"]
        for field in MEASURES:
            differences = [getattr(one, field) - getattr(other, field) for one, other in pairs]
            row.append(spread(differences).shown(3))
        rows.append(row)
    return rows


def _row(name: str, results: Sequence[Result]) -> list[str]:
    labels = spread(one.labels for one in results)
    return [
        name,
        labels.shown(0),
        *(
            spread(getattr(one, field) for one in results).shown(3)
            for field in ("precision_at_1", "oracle", "certified", "precision")
        ),
    ]


if __name__ == "__main__":
    main()
