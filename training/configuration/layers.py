"""What was written, and where: a file, and above it the options of the command line."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from models.errors import ConfigurationError
from training.configuration.tree import KIND

Table = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Layer:
    """Some fields as nested tables; relative paths in them are relative to `directory`."""

    name: str
    table: Table
    directory: Path = Path()

    def gives(self, path: tuple[str, ...]) -> bool:
        """Return whether this field is written here."""
        here: Any = self.table
        for name in path:
            if not isinstance(here, Mapping) or name not in here:
                return False
            here = here[name]
        return True


def read_layer(file: Path) -> Layer:
    """Return what a TOML file says; raise ConfigurationError when it cannot be read."""
    try:
        table = tomllib.loads(file.read_text(encoding="utf-8"))
    except UnicodeDecodeError as error:
        raise ConfigurationError(f"{file}: is not UTF-8 text: {error}") from error
    except tomllib.TOMLDecodeError as error:
        raise ConfigurationError(f"{file}: is not valid TOML: {error}") from error
    except OSError as error:
        raise ConfigurationError(f"cannot read {file}: {error.strerror}") from error
    return Layer(str(file), table, file.parent)


def assignment_layer(assignment: str) -> Layer:
    """Return the layer of `dotted.name=value`; a value that is not TOML is taken as text."""
    name, equals, value = assignment.partition("=")
    path = [part.strip() for part in name.split(".")]
    if not equals or not all(path):
        raise ConfigurationError(
            f"--set {assignment}: write it as NAME=VALUE, for instance training.epochs=8"
        )
    return Layer(f"--set {assignment}", nested(path, _toml_value(value.strip())))


def nested(path: Iterable[str], value: object) -> Table:
    """Return the tables within tables in which this path leads to the value."""
    found: Any = value
    for name in reversed(list(path)):
        found = {name: found}
    table: Table = found
    return table


def _toml_value(text: str) -> object:
    try:
        found = tomllib.loads(f"value = {text}")
    except tomllib.TOMLDecodeError:
        return text
    return found["value"] if found.keys() == {"value"} else text


def merged(layers: Iterable[Layer]) -> Table:
    """Return one table, in which later layers win field by field.

    A section that names another kind replaces the earlier one, whose fields it need not have.
    """
    found: Table = {}
    for layer in layers:
        found = _merge(found, layer.table)
    return found


def _merge(below: Table, above: Table) -> Table:
    if KIND in above and KIND in below and above[KIND] != below[KIND]:
        return above
    both = {
        name: _merge(below[name], value)
        for name, value in above.items()
        if isinstance(value, Mapping) and isinstance(below.get(name), Mapping)
    }
    return {**below, **above, **both}


# Fields whose option is not called as they are.
_OPTIONS = {"reviews.sources": "--reviews"}


def option_layers(fields: Mapping[str, object]) -> list[Layer]:
    """Return a layer per field that is not None, by its dotted name, called as its option is."""
    return [
        Layer(
            _OPTIONS.get(name, f"--{name.rpartition('.')[2].replace('_', '-')}"),
            nested(name.split("."), value),
        )
        for name, value in fields.items()
        if value is not None
    ]
