"""What each loss buys on the sample: P@1 and oracle C@1, over several seeds.

Run: make benchmark-losses      (about 30 minutes on two cores)
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from rich.console import Console

from models.catalogue import Catalogue
from models.index.build import build_index
from models.runtime import Runtime
from training.data.pricerunner import load_pricerunner
from training.data.splits import SplitDataset, SplitKind, split_dataset
from training.evaluation.report import Evaluation, evaluate
from training.evaluation.table import COLUMNS, as_text, shown_oracle
from training.evaluation.tfidf import tfidf_neighbours
from training.loop.fit import fit
from training.progress import progress, training_bar
from training.settings import TrainingSettings

CANDIDATES = 10
USUAL = TrainingSettings()
VARIANTS = {
    "softmax base alone": replace(USUAL, tcm=None, alc=None),
    "softmax + ALC": replace(USUAL, tcm=None),
    "softmax + TCM": replace(USUAL, alc=None),
    "softmax + TCM + ALC": USUAL,
    "triplet + TCM + ALC": replace(USUAL, base="triplet"),
    "dynamic triplet + TCM + ALC": replace(USUAL, base="dynamic_triplet"),
}


def main() -> None:
    """Print the table for the chosen seeds and split."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--seeds", type=int, nargs="+", default=[0, 1, 2])
    parser.add_argument("--split", type=SplitKind, default=SplitKind.OFFERS)
    parser.add_argument("--variants", nargs="+", choices=VARIANTS, default=list(VARIANTS))
    chosen = parser.parse_args()
    dataset = load_pricerunner()
    parts = [split_dataset(dataset, chosen.split, seed) for seed in chosen.seeds]
    rows = [_summary("char 2-4-gram TF-IDF, no training", [_lexical(one) for one in parts])]
    console = Console(stderr=True)
    for name in chosen.variants:
        settings = [replace(VARIANTS[name], seed=seed) for seed in chosen.seeds]
        results = [_trained(*one, console) for one in zip(parts, settings, strict=True)]
        rows.append(_summary(name, results))
        console.print(as_text([rows[-1]]))
    header = ["", "P@1", *(f"C@1({target:.2f}) oracle" for target in COLUMNS)]
    print(f"split {chosen.split}, seeds {chosen.seeds}: mean (lowest to highest)\n")
    print(as_text([header, *rows]))


def _lexical(parts: SplitDataset) -> Evaluation:
    titles = [product.title for product in parts.test.products]
    found = tfidf_neighbours(parts.test.texts, titles, CANDIDATES, weights_from=parts.train.texts)
    return evaluate("", found, parts.test.relevance, ())


def _trained(parts: SplitDataset, settings: TrainingSettings, console: Console) -> Evaluation:
    with progress(console) as bars:
        fitted = fit(parts.train, settings, training_bar(bars))
    sample = fitted.encoder.encode(parts.train.texts[:100])
    index, _ = build_index(fitted.products, sample, seed=settings.seed)
    runtime = Runtime(fitted.encoder, index, Catalogue(parts.train.products))
    found = runtime.candidates(parts.test.texts, CANDIDATES)
    return evaluate("", found, parts.test.relevance, ())


def _summary(name: str, results: Sequence[Evaluation]) -> list[str]:
    measures = [[one.precision_at_1 for one in results]]
    measures += [
        [one.coverage for one in target]
        for target in zip(*(shown_oracle(result) for result in results), strict=True)
    ]
    return [name, *map(_spread, measures)]


def _spread(values: Sequence[float]) -> str:
    if len(values) == 1:
        return f"{values[0]:.3f}"
    return f"{np.mean(values):.3f} ({min(values):.3f}-{max(values):.3f})"


if __name__ == "__main__":
    main()
