"""The tables of all studies as one document, for the terminal and for documentation."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from benchmarks.training.goals import best_recipe, goals_table, outcomes
from benchmarks.training.promises import kept_promises
from benchmarks.training.study import Study
from training.compare.files import EXPLANATION, GAIN
from training.compare.gain import gain_table, gains
from training.compare.measures import measures
from training.compare.result import RunResult
from training.compare.table import comparison_table, measure_table
from training.evaluation.table import Rows, as_markdown, as_text

CHOICE = (
    "Mean and standard deviation over the seeds, with TCM and ALC. The best recipe of a study is"
    " chosen by its own test queries (the section of the study says by which measure), so its"
    " number is a little too good; those of the other recipes stand beside it. A promise shows in"
    " how many runs the realised precision is at least the promised one, of those that made it."
    " Speeds have commands of their own: make benchmark-training-speed and"
    " make benchmark-transformer-training."
)


@dataclass(frozen=True, slots=True)
class Section:
    """A heading and what stands under it: paragraphs and tables."""

    heading: str
    blocks: Sequence[str | Rows]


def document(
    found: Mapping[str, tuple[Study, Sequence[RunResult]]], skipped: Sequence[str]
) -> tuple[Section, ...]:
    """Return a section per study that was run, and that of the goals of all of them."""
    sections = [study_section(study, results) for study, results in found.values()]
    met = [one for study, results in found.values() for one in outcomes(study, results)]
    goals = Section("Goals", [CHOICE, *([goals_table(met)] if met else []), *skipped])
    return (*sections, goals)


def study_section(study: Study, results: Sequence[RunResult]) -> Section:
    """Return all tables of one study."""
    blocks: list[str | Rows] = [_facts(study, results), EXPLANATION, comparison_table(results)]
    gained = gains(results)
    if gained:
        blocks += [GAIN, gain_table(gained)]
    if study.columns:
        known = {one.name: one for one in measures(results)}
        shown = [known[name] for name in study.columns if name in known]
        blocks += [f"Beside {' and '.join(study.baselines)}:", measure_table(results, shown)]
    blocks.append(kept_promises(results).as_text())
    return Section(f"{study.name}, split {study.split}", blocks)


def as_terminal(sections: Sequence[Section]) -> str:
    """Return the document with aligned columns."""
    return _joined(sections, lambda text: f"{text}\n{'=' * len(text)}", as_text)


def as_page(sections: Sequence[Section]) -> str:
    """Return the document in Markdown."""
    return _joined(sections, lambda text: f"## {text}", as_markdown)


def _joined(
    sections: Sequence[Section], heading: Callable[[str], str], table: Callable[[Rows], str]
) -> str:
    parts = []
    for one in sections:
        parts.append(heading(one.heading))
        parts += [block if isinstance(block, str) else table(block) for block in one.blocks]
    return "\n\n".join(parts) + "\n"


def _facts(study: Study, results: Sequence[RunResult]) -> str:
    first = results[0]
    seeds = ", ".join(str(seed) for seed in dict.fromkeys(one.cell.seed for one in results))
    return (
        f"Seeds {seeds}. Test queries of the first: {first.queries:,}, of which"
        f" {first.answerable:,} have a right product. Best recipe with TCM and ALC by mean"
        f" {study.chosen_by} on test: {best_recipe(study, results)}."
    )
