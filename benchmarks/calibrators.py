"""What each calibrator automates of simulated traffic, beside MAPIE: `make benchmark-calibrators`.

Cells are mean automation coverage / share of draws without a promise / share of draws whose promise
is false, of which 0.10 are allowed. All calibrators see the same draws.
"""

from __future__ import annotations

import argparse
from collections.abc import Mapping

from models.calibration.grid import GridSettings
from models.calibration.settings import CalibrationMethodSettings
from tests.models.calibration.worlds import (
    FLAT,
    PAIRS,
    TOY,
    Calibrator,
    World,
    mapie,
    mapie_shares,
    on_the_labels,
    ours,
    power,
)
from training.evaluation.table import as_markdown

LABELS = (500, 1000, 2000, 3000, 8000, 10_000)


def _starts(*multiples: float) -> CalibrationMethodSettings:
    shares = (1.0,) * len(multiples)
    return CalibrationMethodSettings(grid=GridSettings(60, multiples, shares))


ONE_PRODUCT: Mapping[str, Calibrator] = {
    "fixed sequence, the default": ours(),
    "fixed sequence, one start at 4": ours(_starts(4)),
    "fixed sequence, starts at 4, 12 and 36": ours(_starts(4, 12, 36)),
    "Holm, 20 thresholds": ours(CalibrationMethodSettings(method="holm")),
    "MAPIE, its default (Holm, 100 thresholds)": mapie(),
    "MAPIE, fixed sequence": mapie("fixed_sequence"),
    "precision on the labels: no promise": on_the_labels,
}
TWO_PRODUCTS: Mapping[str, Calibrator] = {
    "fixed sequence, the default": ours(),
    "Holm, 20 thresholds": ours(CalibrationMethodSettings(method="holm")),
    "MAPIE's p-values and Holm, 100 thresholds": mapie_shares,
}
WORLDS: Mapping[str, tuple[World, Mapping[str, Calibrator]]] = {
    "toy: scores Beta(2, 2), perfect knowledge automates 0.207": (TOY, ONE_PRODUCT),
    "flat: 0.93 right up to 60 %, perfect knowledge automates 0.78": (
        FLAT,
        ONE_PRODUCT,
    ),
    "toy with two products per query": (PAIRS, TWO_PRODUCTS),
}


def main() -> None:
    """Print one table per world."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--draws", type=int, default=300, help="draws per cell")
    draws = arguments.parse_args().draws
    print(f"{draws} draws per cell, precision 0.90 at confidence 0.90")
    for title, (world, calibrators) in WORLDS.items():
        print(f"\n{title}\n")
        rows = [["calibrator", *(f"{count:,} labels" for count in LABELS)]]
        for name, calibrator in calibrators.items():
            rows.append([name, *(_cell(calibrator, world, count, draws) for count in LABELS)])
        print(as_markdown(rows), flush=True)


def _cell(calibrator: Calibrator, world: World, labels: int, draws: int) -> str:
    found = power(calibrator, world, labels, draws)
    return f"{found.coverage:.3f} / {found.nothing:.2f} / {found.broken:.2f}"


if __name__ == "__main__":
    main()
