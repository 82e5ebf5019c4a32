"""How thresholds are certified: the settings that a calibration keeps in the bundle."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal, get_args

from models.calibration.grid import GridSettings
from models.errors import ConfigurationError
from models.thresholds import Grouping, Side

Method = Literal["fixed_sequence", "holm"]


@dataclass(frozen=True, slots=True)
class GroupSettings:
    """Which groups of queries have thresholds of their own."""

    attribute: str = "category"
    """The attribute whose values are the groups."""

    of: Side = "product"
    """Whose attribute: that of the best product found, or of the query."""

    most: int = 20
    """Groups at most, the most frequent ones; all other queries share one threshold."""

    fewest_multiple: float = 8.0
    """So many times the fewest labels that could prove its promise; a group with fewer shares."""

    def __post_init__(self) -> None:
        """Raise ConfigurationError naming the field that cannot be used."""
        if not self.attribute.strip():
            raise ConfigurationError("groups.attribute needs the name of an attribute")
        if self.of not in get_args(Side):
            raise ConfigurationError(f"groups.of must be query or product, not {self.of!r}")
        if self.most < 1:
            raise ConfigurationError(f"groups.most must be at least 1, not {self.most}")
        if not self.fewest_multiple >= 1:
            raise ConfigurationError(
                f"groups.fewest_multiple must be at least 1, not {self.fewest_multiple}: with fewer"
                " labels than the zero-error minimum no test can succeed"
            )

    @property
    def grouping(self) -> Grouping:
        """Return by what the queries are grouped."""
        return Grouping(self.attribute, self.of)


@dataclass(frozen=True, slots=True)
class CalibrationMethodSettings:
    """By which tests thresholds are certified, on which grid, and for which groups.

    `groups` None: one threshold for all queries.
    """

    method: Method = "fixed_sequence"
    grid: GridSettings = field(default_factory=GridSettings)
    groups: GroupSettings | None = None

    def __post_init__(self) -> None:
        """Raise ConfigurationError for a method that does not exist."""
        if self.method not in get_args(Method):
            known = ", ".join(get_args(Method))
            raise ConfigurationError(f"method must be one of {known}, not {self.method!r}")

    @property
    def grouping(self) -> Grouping | None:
        """Return by what queries are grouped, or None."""
        return None if self.groups is None else self.groups.grouping
