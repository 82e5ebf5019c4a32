"""The settings as a tree: sections are dataclasses, and their fields hold values or sections.

A field that may hold one of several sections tells them apart by their own field `kind`.
"""

from __future__ import annotations

import ast
import inspect
import textwrap
from collections.abc import Iterator, Mapping
from dataclasses import MISSING, dataclass, fields, is_dataclass
from enum import Enum
from functools import cache
from itertools import pairwise
from types import NoneType, UnionType
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints

from models.errors import ConfigurationError
from training.path_or_name import NAMES_PATH

KIND = "kind"


@dataclass(frozen=True, slots=True)
class Field:
    """One field: the sections it may hold (none for a value), and whether None switches it off.

    `default` is `MISSING` where a value must be given.
    """

    name: str
    hint: Any
    sections: tuple[type, ...]
    optional: bool
    default: Any
    meaning: str

    @property
    def names_path(self) -> bool:
        """Return whether its text, or each of its texts, is a path where there is one so named."""
        hints = (self.hint, *get_args(self.hint))
        return any(NAMES_PATH in getattr(hint, "__metadata__", ()) for hint in hints)

    @property
    def choices(self) -> tuple[str, ...]:
        """Return the words that can be written, or none where it is not a choice of words."""
        if isinstance(self.hint, type) and issubclass(self.hint, Enum):
            return tuple(str(one.value) for one in self.hint)
        return get_args(self.hint) if get_origin(self.hint) is Literal else ()


@cache
def fields_of(section: type) -> Mapping[str, Field]:
    """Return the fields of a section by name, in order, `kind` first."""
    hints, meanings = get_type_hints(section, include_extras=True), meanings_of(section)
    names = sorted((one.name for one in fields(section)), key=lambda name: name != KIND)
    defaults = {one.name: one for one in fields(section)}
    return {
        name: _field(name, hints[name], _default(defaults[name]), meanings.get(name, ""))
        for name in names
    }


def _field(name: str, hint: Any, default: Any, meaning: str) -> Field:  # noqa: ANN401
    members = get_args(hint) if get_origin(hint) in (Union, UnionType) else (hint,)
    sections = tuple(one for one in members if is_dataclass(one) and isinstance(one, type))
    return Field(name, hint, sections, NoneType in members, default, meaning)


def _default(field: Any) -> Any:  # noqa: ANN401
    return field.default if field.default_factory is MISSING else field.default_factory()


def kind_of(section: type) -> str | None:
    """Return what its field `kind` says, or None for a section without one."""
    kind = fields_of(section).get(KIND)
    return None if kind is None else str(kind.default)


def section_for(field: Field, kind: str, where: str) -> type:
    """Return the section of this kind; raise ConfigurationError naming the kinds there are."""
    known = {kind_of(one): one for one in field.sections}
    if kind not in known:
        names = ", ".join(f'"{name}"' for name in known)
        raise ConfigurationError(f"{where} must be one of {names}, got {kind!r}")
    return known[kind]


def leaves(section: type, prefix: str = "") -> Iterator[tuple[str, type]]:
    """Yield the dotted name of every field at or below the section, and the section that has it."""
    for field in fields_of(section).values():
        yield prefix + field.name, section
        for inner in field.sections:
            yield from leaves(inner, f"{prefix}{field.name}.")


@cache
def meanings_of(section: type) -> Mapping[str, str]:
    """Return what the text under each field of the class says, on one line."""
    source = textwrap.dedent(inspect.getsource(section))
    body = next(node.body for node in ast.parse(source).body if isinstance(node, ast.ClassDef))
    found = {}
    for field, text in pairwise(body):
        if not isinstance(field, ast.AnnAssign) or not isinstance(field.target, ast.Name):
            continue
        if isinstance(text, ast.Expr) and isinstance(text.value, ast.Constant):
            found[field.target.id] = " ".join(str(text.value.value).split())
    return found
