"""The studies: the data of the table "Numbers to reach", and two more of its kind."""

from __future__ import annotations

from benchmarks.training.study import ALL_VARIANTS, OMIKUJI, Goal, Study
from training.comparison import BASELINE
from training.data.splits import SplitKind

GAIN = (Goal("gain", "C@1(0.90)"), Goal("gain", "C@1(0.95)"))
PROMISE = (Goal("promise", "realised precision(0.95)", asked=0.95),)
RELATED = ("P@1", "P@5", "PSP@1", "PSP@3")


def pricerunner(split: SplitKind, *goals: Goal) -> Study:
    """Return the full grid on the sample."""
    return Study(
        name=f"pricerunner-{split}",
        data={"kind": "sample"},
        split=split,
        goals=goals,
        variants=ALL_VARIANTS,
    )


def related_products(name: str, folder: str) -> Study:
    """Return a study of baskets, in which products have several related ones."""
    return Study(
        name=name,
        data={"kind": "published", "name": name, "folder": folder},
        split=SplitKind.OFFERS,
        goals=(Goal("ahead", "P@1", over=OMIKUJI), Goal("ahead", "PSP@1", over=OMIKUJI)),
        folder=folder,
        baselines=(BASELINE, OMIKUJI),
        columns=RELATED,
        chosen_by="P@1",
    )


def matching(name: str, split: SplitKind) -> Study:
    """Return a study in which an offer has one right product, if any."""
    return Study(
        name=name,
        data={"kind": "published", "name": name, "folder": name},
        split=split,
        goals=(Goal("ahead", "C@1(0.95)"),),
        folder=name,
    )


STUDIES = (
    pricerunner(
        SplitKind.OFFERS, Goal("floor", "P@1", 0.83), Goal("floor", "C@1(0.95)", 0.62), *GAIN
    ),
    pricerunner(SplitKind.MERCHANTS, *GAIN, *PROMISE),
    pricerunner(SplitKind.OPEN, *GAIN, *PROMISE),
    related_products("online-retail", "online-retail"),
    # Products of equal text cannot be told apart by it, so accuracy is that of the merged data;
    # the other shows what happens to it with many more products.
    related_products("complete-journey-merged", "complete-journey"),
    related_products("complete-journey", "complete-journey"),
    matching("wdc-products", SplitKind.GIVEN),
    matching("walmart-amazon", SplitKind.OFFERS),
    matching("amazon-google", SplitKind.OFFERS),
    matching("abt-buy", SplitKind.OFFERS),
)
