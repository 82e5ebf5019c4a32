"""What was certified for one target: by the bundle, or anew by a proposal that was activated."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from pydantic import TypeAdapter

from models.bundle.bundle import Bundle
from models.thresholds import Promise


@dataclass(frozen=True, slots=True)
class Certified:
    """The promise of answers that name a product, and that of "no match", if there is one."""

    promise: Promise
    no_match: Promise | None = None

    def to_json(self) -> dict[str, Any]:
        """Return what `from_json` reads, of JSON's own types; numbers survive exactly."""
        fields: dict[str, Any] = _READER.dump_python(self, mode="json")
        return fields

    @staticmethod
    def from_json(fields: dict[str, Any]) -> Certified:
        """Return what `to_json` wrote."""
        return _READER.validate_python(fields)


_READER = TypeAdapter(Certified)


def certified_by(bundle: Bundle, target_precision: float) -> Certified:
    """Return what the bundle itself promises. Raises BundleError where it has no such target."""
    return Certified(bundle.promise_for(target_precision), bundle.no_match)
