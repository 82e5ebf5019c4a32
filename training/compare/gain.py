"""What one variant adds to another: seed by seed, so that what seeds have in common cancels."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from training.compare.measures import Measure, gain_measures
from training.compare.result import RunResult
from training.compare.table import Spread, spread
from training.evaluation.table import Rows
from training.names import Variant


@dataclass(frozen=True, slots=True)
class Gain:
    """The differences of one measure over the seeds that both variants have; `better` above 0."""

    recipe: str
    measure: str
    differences: Spread
    better: int


def gains(
    results: Sequence[RunResult], over: Variant = Variant.TCM, of: Variant = Variant.BOTH
) -> tuple[Gain, ...]:
    """Return, for each recipe that has both variants, what `of` has more than `over`.

    With the defaults, what ALC adds on top of TCM. Seeds without one of the two are left out.
    """
    recipes = dict.fromkeys(one.cell.recipe for one in results)
    found = []
    for recipe in recipes:
        pairs = _pairs(results, recipe, over, of)
        if pairs:
            found += [_gain(recipe, measure, pairs) for measure in gain_measures()]
    return tuple(found)


def gain_table(found: Sequence[Gain]) -> Rows:
    """Return one row per recipe and measure under a header; a loss is shown as it is."""
    header = ["recipe", "measure", "seeds", "mean gain", "standard deviation", "seeds better"]
    body = [
        [
            one.recipe,
            one.measure,
            str(one.differences.count),
            "-" if one.differences.mean is None else f"{one.differences.mean:+.4f}",
            "-" if one.differences.deviation is None else f"{one.differences.deviation:.4f}",
            f"{one.better} of {one.differences.count}",
        ]
        for one in found
    ]
    return [header, *body]


def _pairs(
    results: Sequence[RunResult], recipe: str, over: Variant, of: Variant
) -> list[tuple[RunResult, RunResult]]:
    runs = {(one.cell.variant, one.cell.seed): one for one in results if one.cell.recipe == recipe}
    seeds = dict.fromkeys(seed for _, seed in runs)
    return [
        (runs[over, seed], runs[of, seed])
        for seed in seeds
        if (over, seed) in runs and (of, seed) in runs
    ]


def _gain(recipe: str, measure: Measure, pairs: Sequence[tuple[RunResult, RunResult]]) -> Gain:
    values = [(measure.value(before), measure.value(after)) for before, after in pairs]
    known = [after - before for before, after in values if before is not None and after is not None]
    return Gain(recipe, measure.name, spread(known), sum(value > 0 for value in known))
