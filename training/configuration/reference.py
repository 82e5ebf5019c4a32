"""All fields of the configuration as rows of a table, for the user guide."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import MISSING

from training.configuration.tree import Field, fields_of, kind_of
from training.configuration.write import comment, toml_value
from training.pipeline_settings import PipelineSettings

HEADER = ("field", "default", "meaning")
Row = tuple[str, str, str]


def reference_rows() -> list[Row]:
    """Return dotted name, default and meaning of each field, in the order of a file."""
    return list(_rows(PipelineSettings, "", ""))


def as_markdown_table() -> str:
    """Return the rows as the table that the user guide has."""
    lines = [HEADER, ("---",) * len(HEADER), *reference_rows()]
    return "".join(f"| {' | '.join(line)} |\n" for line in lines)


def _rows(section: type, prefix: str, of_kind: str) -> Iterator[Row]:
    for field in fields_of(section).values():
        name = f"`{prefix}{field.name}`"
        if not field.sections:
            yield name, _default(field), of_kind + comment(field).replace("|", "\\|")
            continue
        if field.optional:
            yield name, "off" if field.default is None else "on", field.meaning
        for one in field.sections:
            yield from _rows(one, f"{prefix}{field.name}.", _mark(field, one))


def _mark(field: Field, section: type) -> str:
    return f"*{kind_of(section)}*: " if len(field.sections) > 1 else ""


def _default(field: Field) -> str:
    if field.default is MISSING:
        return "needed"
    return f"`{toml_value(field.default)}`"
