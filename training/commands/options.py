"""Options that several commands share, and the settings that they give together."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, get_args

import typer

from models.errors import ConfigurationError
from training.names import RecipeName

if TYPE_CHECKING:
    from training.configuration.layers import Layer
    from training.pipeline_settings import PipelineSettings

NAMES = ", ".join(get_args(RecipeName))
ConfigOption = Annotated[
    Path | None, typer.Option("--config", help="TOML file of settings; other options win over it.")
]
RecipeOption = Annotated[
    str | None,
    typer.Option(metavar="NAME", help=f"The method whose defaults apply: {NAMES}."),
]
GridOption = Annotated[
    Path | None,
    typer.Option(
        "--config",
        help=f"TOML file of settings; in its section compare, recipes are any of {NAMES}.",
    ),
]
SetOption = Annotated[
    list[str] | None,
    typer.Option("--set", metavar="NAME=VALUE", help="Any field, as in the file. Repeatable."),
]
MaxBadRowsOption = Annotated[int | None, typer.Option(min=0, help="Go on with so many bad rows.")]


@dataclass(frozen=True, slots=True)
class Given:
    """What the command line says: a file, values of single fields by dotted name, assignments."""

    config: Path | None = None
    assignments: list[str] = field(default_factory=list)
    fields: dict[str, Any] = field(default_factory=dict)

    def layers(self) -> list[Layer]:
        """Return the file, above it the options that were given, above them the assignments."""
        from training.configuration.layers import assignment_layer, option_layers, read_layer

        files = [] if self.config is None else [read_layer(self.config)]
        assigned = [assignment_layer(one) for one in self.assignments]
        return [*files, *option_layers(self.fields), *assigned]

    def allowing(self, max_bad_rows: int | None) -> Given:
        """Return the same with so many bad rows allowed, in whatever is read here from tables."""
        if max_bad_rows is None:
            return self
        from training.configuration.layers import merged

        written = merged(self.layers())
        data = written.get("data")
        reads_tables = isinstance(data, Mapping) and data.get("kind", "sample") in ("tables", "xmc")
        limits = {}
        if written.get("reviews"):
            limits["reviews.max_bad_rows"] = max_bad_rows
        if reads_tables or not limits:
            limits["data.max_bad_rows"] = max_bad_rows
        return replace(self, fields=self.fields | limits)

    def settings(self) -> PipelineSettings:
        """Return the validated settings; raise ConfigurationError naming layer and field."""
        from training.configuration.read import read_settings

        return read_settings(self.layers())


def bundle_directory(given: Path) -> Path:
    """Return the bundle itself, or the current one of a directory of bundles.

    Raise BundleError where there is neither.
    """
    from models.bundle.manifest import MANIFEST_FILE
    from models.bundle.store import current_bundle

    return given if (given / MANIFEST_FILE).exists() else current_bundle(given)


def tables(
    products: Path | None, pairs: Path | None, max_bad_rows: int | None, config: Path | None
) -> dict[str, Any]:
    """Return the fields that the options of the tables give.

    Raise ConfigurationError for one table alone, which only a file can complete.
    """
    both = products is not None and pairs is not None
    if (products or pairs) and not both and config is None:
        raise ConfigurationError("give both --products and --pairs, or neither for the sample")
    return {
        "data.kind": "tables" if both else None,
        "data.products": None if products is None else str(products),
        "data.pairs": None if pairs is None else str(pairs),
        "data.max_bad_rows": max_bad_rows,
    }
