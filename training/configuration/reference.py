"""All fields of the configuration as a page of the documentation."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import MISSING

from training.configuration.grid import SECTION, CompareSettings
from training.configuration.tree import Field, fields_of, kind_of
from training.configuration.write import comment, toml_value
from training.pipeline_settings import PipelineSettings

PAGE = """\
# All fields of a run's settings

What can stand in a [configuration](user-guide.md#configure-a-run), by dotted name:
`training.epochs` is `epochs` under `[training]`. Defaults are those of the recipe `softmax`; other
recipes differ in some. `false` switches off what can be off. Where a section has several kinds, a
field says of which kind it is. `[compare]` is for a grid of runs only.
"""
HEADER = ("field", "default", "meaning")
Row = tuple[str, str, str]


def reference_rows() -> list[Row]:
    """Return dotted name, default and meaning of each field, in the order of a file."""
    return [
        *_rows(PipelineSettings, None, "", ""),
        *_rows(CompareSettings, None, f"{SECTION}.", ""),
    ]


def as_page() -> str:
    """Return docs/training-settings.md: an introduction and the rows as a table."""
    lines = [HEADER, ("---",) * len(HEADER), *reference_rows()]
    return PAGE + "\n" + "".join(f"| {' | '.join(line)} |\n" for line in lines)


def _rows(section: type, given: object | None, prefix: str, of_kind: str) -> Iterator[Row]:
    """Yield the fields of a section; defaults are those of the `given` one where there is one."""
    for field in fields_of(section).values():
        name = f"`{prefix}{field.name}`"
        default = field.default if given is None else getattr(given, field.name)
        if not field.sections:
            yield name, _default(default), of_kind + comment(field).replace("|", "\\|")
            continue
        if field.optional:
            yield name, "off" if default is None else "on", of_kind + field.meaning
        for one in field.sections:
            of_this = default if isinstance(default, one) else None
            mark = _mark(field, one) or of_kind
            yield from _rows(one, of_this, f"{prefix}{field.name}.", mark)


def _mark(field: Field, section: type) -> str:
    return f"*{kind_of(section)}*: " if len(field.sections) > 1 else ""


def _default(value: object) -> str:
    return "needed" if value is MISSING else f"`{toml_value(value)}`"
