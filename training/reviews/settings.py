"""Which labels of the review queue a run learns from."""

from __future__ import annotations

from dataclasses import dataclass

from models.errors import ConfigurationError
from training.checks import require_at_least, require_positive
from training.path_or_name import PathOrName


@dataclass(frozen=True, slots=True)
class ReviewSettings:
    """Exports of a service; where two speak of one query, the later one counts."""

    sources: tuple[PathOrName, ...]
    """Exports of reviews, the oldest first: files, or URLs of the service."""

    max_bad_rows: int = 0
    """Go on with up to so many bad rows; each is reported."""

    timeout_seconds: float = 60.0
    """A URL that sends nothing for so long is given up."""

    def __post_init__(self) -> None:
        """Raise ConfigurationError naming the field that cannot be used."""
        if not self.sources:
            raise ConfigurationError("sources needs at least 1 file or URL")
        require_at_least(self, 0, "max_bad_rows")
        require_positive(self, "timeout_seconds")
