"""`alc-train settings`."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from models.errors import ConfigurationError
from training.commands.options import (
    ConfigOption,
    Given,
    RecipeOption,
    SetOption,
    bundle_directory,
)


class Form(StrEnum):
    """How the settings are printed."""

    TOML = "toml"
    PAGE = "page"


def settings(
    config: ConfigOption = None,
    recipe: RecipeOption = None,
    assign: SetOption = None,
    bundle: Annotated[
        Path | None, typer.Option(help="Instead, those that this bundle was made with.")
    ] = None,
    form: Annotated[
        Form, typer.Option("--format", help="toml: a file; page: all fields, in Markdown.")
    ] = Form.TOML,
) -> None:
    """Print all settings with an explanation of each: a file to start from.

    With --config, --recipe or --set, the settings that fit would use.
    """
    from training.configuration.read import bundle_layer, read_settings
    from training.configuration.reference import as_page
    from training.configuration.write import as_toml

    given = Given(config, assign or [], {"recipe": recipe})
    changed = config or recipe or assign
    if bundle is not None and changed:
        raise ConfigurationError("give either --bundle or --config, --recipe and --set")
    if form is Form.PAGE:
        typer.echo(as_page(), nl=False)
        return
    found = (
        given.settings()
        if bundle is None
        else read_settings([bundle_layer(bundle_directory(bundle))])
    )
    typer.echo(as_toml(found, alternatives=not changed and bundle is None), nl=False)
