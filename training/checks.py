"""Checks that settings share; each names the field that cannot be used."""

from __future__ import annotations

from collections.abc import Sequence

from models.errors import ConfigurationError


def require_positive(settings: object, *names: str) -> None:
    """Raise ConfigurationError for the first of these fields that is not above 0."""
    for name in names:
        if not getattr(settings, name) > 0:
            raise ConfigurationError(f"{name} must be above 0, got {getattr(settings, name)}")


def require_at_least(settings: object, least: float, *names: str) -> None:
    """Raise ConfigurationError for the first of these fields that is below `least`."""
    for name in names:
        if not getattr(settings, name) >= least:
            raise ConfigurationError(
                f"{name} must be at least {least:g}, got {getattr(settings, name)}"
            )


def require_at_most(settings: object, most: float, *names: str) -> None:
    """Raise ConfigurationError for the first of these fields that is above `most`."""
    for name in names:
        if not getattr(settings, name) <= most:
            raise ConfigurationError(
                f"{name} must be at most {most:g}, got {getattr(settings, name)}"
            )


def require_one_of(name: str, value: str, known: Sequence[str]) -> None:
    """Raise ConfigurationError unless the value of this field is a known one."""
    if value not in known:
        raise ConfigurationError(f"{name} must be one of {', '.join(known)}, got {value!r}")
