"""The files of a comparison: one table in three forms, pictures, and a page."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from training.compare.gain import gain_table, gains
from training.compare.result import RunResult
from training.compare.table import by_model, comparison_csv, comparison_table
from training.evaluation.bands import curve_band
from training.evaluation.pictures.bands import band_picture
from training.evaluation.pictures.groups import group_picture
from training.evaluation.pictures.scores import score_picture
from training.evaluation.pictures.style import Picture
from training.evaluation.table import Rows, as_markdown, as_text
from training.names import Variant
from training.report.page import Link, Page, Section, page_html

CSV = "comparison.csv"
EXPLANATION = (
    "Mean and standard deviation over the seeds (n - 1). C@1(P) is the largest share of test"
    " queries that could be automated with precision P, with a threshold chosen on the test labels;"
    " promised C@1(P) is what the certified threshold automates, 0 where nothing could be promised."
)
DECIDER = (
    "Columns that end in decider are the same measures where the decider's probability decides, all"
    " others are by the score of the search."
)
GAIN = (
    "What ALC adds on top of TCM, by the score, seed by seed on the same split. A gain that is"
    " small beside its standard deviation may be chance."
)


def comparison_files(results: Sequence[RunResult]) -> Mapping[str, bytes]:
    """Return file name -> content for results over one data set and split."""
    table, gained = comparison_table(results), gain_table(gains(results))
    drawn = comparison_pictures(results)
    heading, about = f"{results[0].data}, split {results[0].split}", _explanation(results)
    return {
        "comparison.txt": _document(heading, about, as_text(table), as_text(gained)),
        "comparison.md": _document(heading, about, as_markdown(table), as_markdown(gained)),
        CSV: comparison_csv(results),
        "comparison.html": page_html(_page(results, table, gained, drawn)),
        **{one.file: one.png for one in drawn},
    }


def comparison_pictures(results: Sequence[RunResult]) -> tuple[Picture, ...]:
    """Return curves of all models; scores before and after, and groups, of the last recipe.

    Before and after are its base alone and with all that was added, both of the first seed.
    """
    curves = [
        curve_band(name, [one.precision for one in runs])
        for name, runs in by_model(results).items()
    ]
    before, after = _before(results), _after(results)
    scores = [one.scores for one in (before, after) if one is not None and one.scores is not None]
    drawn = [band_picture(curves)]
    if scores:
        drawn.append(score_picture(scores))
    if after is not None:
        drawn += [group_picture(one) for one in after.groups if one.groups]
    return tuple(drawn)


def _after(results: Sequence[RunResult]) -> RunResult | None:
    return next((one for one in reversed(_first_seed(results)) if one.timing), None)


def _before(results: Sequence[RunResult]) -> RunResult | None:
    after = _after(results)
    if after is None or after.cell.variant is Variant.NONE:
        return None
    return next(
        (
            one
            for one in _first_seed(results)
            if one.cell.recipe == after.cell.recipe and one.cell.variant is Variant.NONE
        ),
        None,
    )


def _first_seed(results: Sequence[RunResult]) -> list[RunResult]:
    return [one for one in results if one.cell.seed == results[0].cell.seed]


def _explanation(results: Sequence[RunResult]) -> str:
    return f"{EXPLANATION} {DECIDER}" if any(one.decided for one in results) else EXPLANATION


def _document(heading: str, about: str, table: str, gained: str) -> bytes:
    return "\n\n".join([heading, about, table, GAIN, gained]).encode() + b"\n"


def _page(
    results: Sequence[RunResult], table: Rows, gained: Rows, drawn: Sequence[Picture]
) -> Page:
    first = results[0]
    seeds = ", ".join(str(seed) for seed in dict.fromkeys(one.cell.seed for one in results))
    return Page(
        title=f"Comparison on {first.data}, split {first.split}",
        facts=(
            ("data", first.data),
            ("digest of the data", first.data_digest[:16]),
            ("split", first.split),
            ("seeds", seeds),
            ("runs", f"{len(results):,}"),
            ("test queries", f"{first.queries:,}"),
        ),
        sections=(
            Section(
                "All models",
                (_explanation(results),),
                tables=(table,),
                links=(Link(CSV, "All measures in a spreadsheet"),),
            ),
            Section("ALC on top of TCM", (GAIN,), tables=(gained,)),
            Section("Pictures", pictures=drawn),
        ),
    )
