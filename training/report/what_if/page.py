"""The page of the interactive chart: one file, which asks nobody for anything."""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Sequence
from functools import cache
from importlib.resources import files

from jinja2 import Environment, PackageLoader, StrictUndefined

from training.evaluation.table import Rows
from training.evaluation.what_if import WhatIf
from training.report.what_if.chart import what_if_chart

# As published on the npm registry; the version of Vega-Lite is the one that altair writes for.
SCRIPTS = ("vega", "vega-lite", "vega-embed")
SHOW = "show.js"


def what_if_page(
    title: str, rows: Sequence[WhatIf], target: float, confidence: float, table: Rows
) -> bytes:
    """Return the page; without scripts it shows the table.

    Its policy runs these very scripts and no others, and lets nothing be loaded or sent.
    """
    # "<" may end the script within any text of the specification, so it is spelt otherwise.
    specification = json.dumps(what_if_chart(rows, target, confidence)).replace("<", "\\u003c")
    scripts = [*map(script, SCRIPTS), _show()]
    return (
        _templates.get_template("what_if.html")
        .render(
            title=title,
            table=table,
            licences=[licence(name) for name in SCRIPTS],
            specification=specification,
            scripts=scripts,
            policy=" ".join(f"'sha256-{_digest(one)}'" for one in scripts),
        )
        .encode()
        + b"\n"
    )


@cache
def script(name: str) -> str:
    """Return one of the vendored scripts, less the line that names its source map."""
    text = (files(__package__) / "scripts" / f"{name}.min.js").read_text(encoding="utf-8")
    return text.partition("//# sourceMappingURL=")[0].strip()


@cache
def licence(name: str) -> str:
    """Return the licence of one of the vendored scripts."""
    return (files(__package__) / "scripts" / f"{name}.LICENSE").read_text(encoding="utf-8").strip()


@cache
def _show() -> str:
    return (files("training.report") / "templates" / SHOW).read_text(encoding="utf-8").strip()


def _digest(text: str) -> str:
    return base64.b64encode(hashlib.sha256(text.encode()).digest()).decode("ascii")


_templates = Environment(
    loader=PackageLoader("training.report"),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)
