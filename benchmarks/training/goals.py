"""Each goal beside what was reached."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from benchmarks.training.promises import kept_promises
from benchmarks.training.study import Goal, Study
from training.compare.gain import gains
from training.compare.measures import measures
from training.compare.result import RunResult
from training.compare.table import PLUS_MINUS, Spread, spread
from training.evaluation.table import Rows
from training.names import Variant
from training.recipes import RECIPES

NOT_MEASURED = "-"


@dataclass(frozen=True, slots=True)
class Outcome:
    """A goal with what each recipe reached; None where the best recipe's number is not known."""

    study: str
    measure: str
    asked: str
    reached: Mapping[str, str]
    best: str
    is_met: bool | None


def outcomes(study: Study, results: Sequence[RunResult]) -> tuple[Outcome, ...]:
    """Return the goals of the study as its runs met them, judged by the best recipe."""
    best = best_recipe(study, results)
    return tuple(_outcome(study, goal, results, best) for goal in study.goals)


def best_recipe(study: Study, results: Sequence[RunResult]) -> str:
    """Return the recipe that with TCM and ALC has the highest mean of the study's measure.

    Of equal ones the first of the study; one that lacks the measure is behind all others.
    """

    def quality(recipe: str) -> float:
        mean = _spread(_full(results, recipe), study.chosen_by).mean
        return -1.0 if mean is None else mean

    return max(study.recipes, key=quality)


def goals_table(found: Sequence[Outcome]) -> Rows:
    """Return one row per goal under a header, with a column per recipe."""
    recipes = [name for name in RECIPES if any(name in one.reached for one in found)]
    header = ["study", "measure", "asked", *recipes, "best", "reached"]
    rows = [
        [
            *(one.study, one.measure, one.asked),
            *(one.reached.get(name, NOT_MEASURED) for name in recipes),
            *(one.best, _answer(one.is_met)),
        ]
        for one in found
    ]
    return [header, *rows]


def _answer(is_met: bool | None) -> str:
    return NOT_MEASURED if is_met is None else "yes" if is_met else "no"


def _outcome(study: Study, goal: Goal, results: Sequence[RunResult], best: str) -> Outcome:
    values = {name: _values(goal, name, results) for name in study.recipes}
    name, asked, floor = _asked(goal, results)
    shown = {recipe: _shown(value, goal) for recipe, value in values.items()}
    if goal.kind == "promise":
        shown = {recipe: f"{text}, {_kept(results, recipe)}" for recipe, text in shown.items()}
    mean = values[best].mean
    is_met = None
    if mean is not None and floor is not None:
        is_met = mean > floor if goal.kind in ("gain", "ahead") or not floor else mean >= floor
    return Outcome(study.name, name, asked, shown, best, is_met)


def _values(goal: Goal, recipe: str, results: Sequence[RunResult]) -> Spread:
    if goal.kind == "decider":
        return spread(_differences(_full(results, recipe), goal.measure))
    if goal.kind != "gain":
        return _spread(_full(results, recipe), goal.measure)
    of_recipe = [one for one in results if one.cell.recipe == recipe]
    found = (one.differences for one in gains(of_recipe) if one.measure == goal.measure)
    return next(found, spread(()))


def _asked(goal: Goal, results: Sequence[RunResult]) -> tuple[str, str, float | None]:
    """Return what the measure is called, what is asked of it, and that as a number."""
    match goal.kind:
        case "gain":
            return f"gain of ALC on TCM, {goal.measure}", "> 0", 0.0
        case "decider":
            asked = f">= {goal.asked:g}" if goal.asked else "> 0"
            return f"gain of the decider, {goal.measure}", asked, goal.asked
        case "ahead":
            runs = [one for one in results if one.cell.recipe == goal.over]
            over = _spread(runs, goal.measure)
            return goal.measure, f"> {over.shown(3)} ({goal.over})", over.mean
        case _:
            return goal.measure, f">= {goal.asked:g}", goal.asked


def _shown(value: Spread, goal: Goal) -> str:
    if goal.kind not in ("gain", "decider") or value.mean is None:
        return value.shown(3)
    deviation = "" if value.deviation is None else f" {PLUS_MINUS} {value.deviation:.4f}"
    return f"{value.mean:+.4f}{deviation}"


def _differences(runs: Sequence[RunResult], name: str) -> list[float | None]:
    known = {one.name: one for one in measures(runs)}
    if name not in known or f"{name} decider" not in known:
        return []
    pairs = [(known[f"{name} decider"].value(run), known[name].value(run)) for run in runs]
    return [
        None if decided is None or scored is None else decided - scored for decided, scored in pairs
    ]


def _kept(results: Sequence[RunResult], recipe: str) -> str:
    kept = kept_promises(_full(results, recipe))
    return f"{kept.realised} of {kept.made}"


def _full(results: Sequence[RunResult], recipe: str) -> list[RunResult]:
    return [
        one for one in results if one.cell.recipe == recipe and one.cell.variant is Variant.BOTH
    ]


def _spread(runs: Sequence[RunResult], name: str) -> Spread:
    known = {one.name: one for one in measures(runs)}
    return spread(known[name].value(run) for run in runs) if name in known else spread(())
