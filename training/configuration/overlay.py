"""Put what was written over default settings, checking every field of it."""

from __future__ import annotations

import difflib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import MISSING, dataclass
from functools import cache
from pathlib import Path
from typing import Any, NoReturn, TypeVar

from pydantic import ConfigDict, TypeAdapter, ValidationError

from models.errors import ConfigurationError
from training.configuration.layers import Layer, Table, merged
from training.configuration.tree import KIND, Field, fields_of, kind_of, leaves, section_for
from training.path_or_name import found_in

Section = TypeVar("Section")
_STRICT = ConfigDict(strict=True, allow_inf_nan=False)


def overlay(base: Section, layers: Sequence[Layer]) -> Section:
    """Return the settings with the fields that the layers give; the others stay.

    `false` switches off what may be None, `true` switches it on again. Raise ConfigurationError
    naming the layer and the dotted field: unknown, missing, of a wrong type or value.
    """
    overlaid: Section = _Overlay(layers, type(base)).section(type(base), base, merged(layers), ())
    return overlaid


@dataclass(frozen=True, slots=True)
class _Overlay:
    layers: Sequence[Layer]
    root: type

    def section(self, kind: type, base: object | None, table: Table, at: tuple[str, ...]) -> Any:  # noqa: ANN401
        known = fields_of(kind)
        for name in table:
            if name not in known:
                self._unknown(kind, (*at, name))
        values = {
            field.name: self._field(field, base, table, (*at, field.name))
            for field in known.values()
        }
        try:
            return kind(**values)
        except ConfigurationError as error:
            self._refuse(at, known, str(error))

    def _field(self, field: Field, base: object | None, table: Table, at: tuple[str, ...]) -> Any:  # noqa: ANN401
        present = field.default if base is None else getattr(base, field.name)
        if field.name in table:
            return self._value(field, present, table[field.name], at)
        if present is MISSING:
            raise ConfigurationError(f"{self._source(at[:-1])}: {_dotted(at)} is missing")
        return present

    def _value(self, field: Field, present: object, value: object, at: tuple[str, ...]) -> Any:  # noqa: ANN401
        if field.optional and (value is None or value is False):
            return None
        if not field.sections:
            return self._plain(field, value, at)
        if field.optional and value is True:
            value = {}
        if not isinstance(value, Mapping):
            switch = ", or false to switch it off" if field.optional else ""
            self._refuse_value(at, f"must be a table [{_dotted(at)}]{switch}", value)
        chosen = self._chosen(field, present, value, at)
        return self.section(chosen, present if isinstance(present, chosen) else None, value, at)

    def _chosen(self, field: Field, present: object, table: Table, at: tuple[str, ...]) -> type:
        if KIND in table:
            where = f"{self._source((*at, KIND))}: {_dotted((*at, KIND))}"
            return section_for(field, table[KIND], where)
        return type(present) if isinstance(present, field.sections) else field.sections[0]

    def _plain(self, field: Field, value: object, at: tuple[str, ...]) -> object:
        try:
            # As JSON, whose strictness allows lists for tuples and texts for paths and enums.
            found = _adapter(field.hint).validate_json(json.dumps(value))
        except TypeError:
            self._refuse_value(at, "cannot be a date or a time", value)
        except ValidationError as error:
            self._refuse_value(at, _fault(error), value)
        if isinstance(found, Path):
            return (self._directory(at) / found.expanduser()).absolute()
        if not field.names_path:
            return found
        if isinstance(found, tuple):
            return tuple(found_in(self._directory(at), one) for one in found)
        return found_in(self._directory(at), found)

    def _unknown(self, kind: type, at: tuple[str, ...]) -> NoReturn:
        name = kind_of(kind)
        of_kind = f' where {_dotted((*at[:-1], KIND))} is "{name}"' if name else ""
        raise ConfigurationError(
            f"{self._source(at)}: {_dotted(at)} is not a field{of_kind}; "
            f"{_suggestion(kind, self.root, at)}"
        )

    def _refuse(self, at: tuple[str, ...], known: Mapping[str, Field], message: str) -> NoReturn:
        """Put source and section before the message of a check, which begins with its field."""
        first = message.split(" ", 1)[0]
        if first in known:
            source, section = self._source((*at, first)), _dotted((*at, ""))
            raise ConfigurationError(f"{source}: {section}{message}")
        section = f"[{_dotted(at)}] " if at else ""
        raise ConfigurationError(f"{self._source(at)}: {section}{message}")

    def _refuse_value(self, at: tuple[str, ...], fault: str, value: object) -> NoReturn:
        raise ConfigurationError(f"{self._source(at)}: {_dotted(at)} {fault}, got {value!r}")

    def _source(self, at: tuple[str, ...]) -> str:
        """Return the layer that wrote this field, or where none did all: their sum is at fault."""
        for layer in reversed(self.layers):
            if at and layer.gives(at):
                return layer.name
        return " and ".join(layer.name for layer in self.layers) or "defaults"

    def _directory(self, at: tuple[str, ...]) -> Path:
        return next(layer.directory for layer in reversed(self.layers) if layer.gives(at))


@cache
def _adapter(hint: Any) -> TypeAdapter[Any]:  # noqa: ANN401
    return TypeAdapter(hint, config=_STRICT)


def _fault(error: ValidationError) -> str:
    first = error.errors()[0]
    place = "".join(f", item {index + 1}:" for index in first["loc"] if isinstance(index, int))
    message = first["msg"].removeprefix("Input ").replace("should", "must", 1)
    return f"{place.lstrip(', ')} {message}".strip()


def _suggestion(kind: type, root: type, at: tuple[str, ...]) -> str:
    """Name the kind or section that has such a field, else the nearest, else all fields here."""
    everywhere = dict(leaves(root))
    if _dotted(at) in everywhere:
        return f'it needs {_dotted((*at[:-1], KIND))} = "{kind_of(everywhere[_dotted(at)])}"'
    # By their last names: what they share before it would make any two of a section look alike.
    here = [_dotted((*at[:-1], name)) for name in fields_of(kind)]
    for near in ([at[-1]], _near(at[-1], here), _near(at[-1], everywhere)):
        for path in (*here, *everywhere):
            if _last(path) in near:
                return f"did you mean {path}?"
    return f"the fields here are {', '.join(here)}"


def _near(name: str, paths: Iterable[str]) -> list[str]:
    return difflib.get_close_matches(name, list(dict.fromkeys(map(_last, paths))), n=1)


def _last(path: str) -> str:
    return path.rpartition(".")[2]


def _dotted(at: tuple[str, ...]) -> str:
    return ".".join(at)
