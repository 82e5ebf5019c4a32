"""Settings as TOML, with a line of explanation above each field."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import MISSING, dataclass
from pathlib import Path

from training.configuration.tree import Field, fields_of
from training.pipeline_settings import PipelineSettings

NEEDED = "..."


def as_toml(settings: PipelineSettings, *, alternatives: bool = False) -> str:
    """Return a file that reads back as these settings.

    With `alternatives`, sections that are switched off and other kinds of sections are shown too,
    behind `#`, with their defaults.
    """
    lines = _Writer(alternatives).lines(type(settings), settings, ())
    return "\n".join(lines).strip() + "\n"


def toml_value(value: object) -> str:
    """Return a value as TOML; None is `false`, the form in which it is read."""
    if value is None:
        return "false"
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, tuple):
        return f"[{', '.join(map(toml_value, value))}]"
    if isinstance(value, (str, Path)):
        # The escapes of JSON are those of TOML, which wants one more character escaped.
        return json.dumps(str(value), ensure_ascii=False).replace("\x7f", "\\u007f")
    return repr(value)


def comment(field: Field) -> str:
    """Return what a field means, and what can be chosen."""
    if len(field.choices) < 2:
        return field.meaning
    return f"{field.meaning} One of {', '.join(map(toml_value, field.choices))}."


@dataclass(frozen=True, slots=True)
class _Writer:
    alternatives: bool

    def lines(self, kind: type, section: object | None, at: tuple[str, ...]) -> Iterator[str]:
        """Yield plain values first: below the heading of a table its parent's cannot stand."""
        fields = fields_of(kind).values()
        values = {
            field.name: field.default if section is None else getattr(section, field.name)
            for field in fields
        }
        for field in fields:
            if not field.sections or values[field.name] is None:
                yield f"# {comment(field)}"
                yield _assignment(field.name, values[field.name])
        for field in fields:
            if field.sections:
                yield from self._sections(field, values[field.name], (*at, field.name))

    def _sections(self, field: Field, value: object, at: tuple[str, ...]) -> Iterator[str]:
        if value is not None:
            yield from self._section(field, type(value), value, at)
        if self.alternatives:
            for other in field.sections:
                if value is None or other is not type(value):
                    yield from _disabled(self._section(field, other, None, at))

    def _section(
        self, field: Field, kind: type, value: object | None, at: tuple[str, ...]
    ) -> Iterator[str]:
        yield ""
        yield f"# {comment(field)}"
        yield f"[{'.'.join(at)}]"
        yield from self.lines(kind, value, at)


def _assignment(name: str, value: object) -> str:
    if value is MISSING:
        return f"#{name} = {NEEDED}"
    return f"{name} = {toml_value(value)}"


def _disabled(lines: Iterable[str]) -> Iterator[str]:
    for line in lines:
        yield line if line.startswith("#") or not line else f"#{line}"
