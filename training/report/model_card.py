"""The model card: what a model is, what it was measured on, and what was not tested."""

from __future__ import annotations

import json

from jinja2 import Environment, PackageLoader, StrictUndefined

from training.evaluation.table import as_markdown, calibrated_table, results_table
from training.report.calibrated_answers import calibration_errors
from training.report.decider import calibration_error, importance_table, learnt, no_decider
from training.report.findings import Findings, settings_rows
from training.report.sections import measures_table, promise_sentence

MARKDOWN_SIGNS = str.maketrans({sign: f"\\{sign}" for sign in "\\`*_{}[]<>|#"} | {"\n": " "})
# What each split leaves untested; a split that is not named here is shown as it is called.
UNTESTED = {
    "offers": "shops that were not in training, and products that are not in the catalogue",
    "merchants": "products that are not in the catalogue",
    "open": "shops that were not in training",
}


def model_card(findings: Findings) -> bytes:
    """Return the card as Markdown, made of the findings alone; text of the data is escaped."""
    ours = findings.evaluations[-1]
    rendered = _templates.get_template("model_card.md").render(
        about=findings.about,
        ours=ours,
        method=findings.method,
        results=as_markdown(_escaped(results_table(findings.evaluations))),
        measures=as_markdown(_escaped(measures_table(findings.evaluations))),
        calibrated=as_markdown(calibrated_table(ours)) if ours.calibrated else "",
        promises=[promise_sentence(one, findings.decided_by) for one in ours.calibrated],
        decider=_decider(findings),
        probabilities=calibration_errors(findings),
        decided_by=findings.decided_by,
        groups=findings.groups,
        untested=UNTESTED.get(findings.about.split),
        configuration=settings_rows(findings.configuration),
    )
    return rendered.encode() + b"\n"


def _decider(findings: Findings) -> list[str]:
    """Return what is to be said of the decider, as paragraphs; none where none was asked for."""
    found = findings.decider
    if found is None:
        return []
    if found.reliability is None:
        return [no_decider(found.report)]
    return [learnt(found), calibration_error(found), as_markdown(_escaped(importance_table(found)))]


def _escaped(rows: list[list[str]]) -> list[list[str]]:
    return [[_plain(cell) for cell in row] for row in rows]


def _plain(text: str) -> str:
    """Return the text with the signs of Markdown and HTML taken as themselves."""
    return str(text).translate(MARKDOWN_SIGNS)


def _environment() -> Environment:
    environment = Environment(
        loader=PackageLoader("training.report"),
        autoescape=False,  # noqa: S701 - Markdown; what comes from the data passes through `plain`
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {"plain": _plain, "as_json": json.dumps}
    return environment


_templates = _environment()
