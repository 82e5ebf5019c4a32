"""The one error hierarchy: every error this project raises on purpose derives from AlcError."""

from __future__ import annotations

from typing import ClassVar


class AlcError(Exception):
    """A failure with a stable machine code and a message that says what to do next."""

    code: ClassVar[str] = "internal_error"


class ConfigurationError(AlcError):
    """A setting or a combination of settings cannot be used."""

    code = "configuration_invalid"


class DataError(AlcError):
    """Input data cannot be used; the message names the file, row or field."""

    code = "data_invalid"


class BundleError(AlcError):
    """A bundle is damaged, mixed or incomplete; the message names the file."""

    code = "bundle_invalid"


class WrongStream(AlcError):
    """Labels that were not drawn at random were given to certify a threshold."""

    code = "wrong_label_stream"
