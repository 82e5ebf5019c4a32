"""A study small enough for a test: the small shop, one recipe, one epoch."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from benchmarks.training.study import OMIKUJI, Goal, Study
from tests.training.commands.customer import write_tables
from training.comparison import BASELINE
from training.data.splits import SplitKind

FOLDER = "shop"

SMALL = Study(
    name="small-shop",
    data={
        "kind": "tables",
        "products": f"{FOLDER}/products.csv",
        "pairs": f"{FOLDER}/pairs.csv",
    },
    split=SplitKind.OFFERS,
    goals=(Goal("ahead", "P@1", over=OMIKUJI), Goal("gain", "C@1(0.95)")),
    folder=FOLDER,
    recipes=("softmax",),
    baselines=(BASELINE, OMIKUJI),
    settings={
        "decider": False,
        "training": {"epochs": 1, "batch_size": 64, "encoder": {"dimension": 16}},
    },
    columns=("P@1", "PSP@3"),
    chosen_by="P@1",
)
ABSENT = replace(SMALL, name="not-here", folder="elsewhere")


def write_small_data(data: Path) -> None:
    """Write the tables of the small shop where the study looks for them."""
    folder = data / FOLDER
    folder.mkdir(parents=True)
    write_tables(folder)
