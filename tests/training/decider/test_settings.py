from __future__ import annotations

import pytest

from models.errors import ConfigurationError
from training.decider.settings import DeciderSettings


@pytest.mark.parametrize(
    ("field", "value", "message"),
    [
        ("candidates", 0, "candidates must be above 0"),
        ("fewest_queries", 0, "fewest_queries must be above 0"),
        ("rounds", 0, "rounds must be above 0"),
        ("patience", 0, "patience must be above 0"),
        ("learning_rate", 0.0, "learning_rate must be above 0"),
        ("right_weight", 0.0, "right_weight must be above 0"),
        ("known_queries", 0, "known_queries must be above 0"),
        ("leaves", 1, "leaves must be at least 2"),
        ("leaves", 65, "leaves must be at most 64"),
        ("folds", -1, "folds must be at least 0"),
        ("folds", 1, "folds must be 0 or at least 2, got 1"),
        ("smallest_weight", -0.1, "smallest_weight must be at least 0"),
        ("share", 0.0, "share must be above 0 and below 1"),
        ("share", 1.0, "share must be above 0 and below 1"),
        ("validation_share", 1.0, "validation_share must be above 0 and below 1"),
        ("rows", 0.0, "rows must be above 0 and at most 1"),
        ("rows", 1.1, "rows must be above 0 and at most 1"),
        ("columns", 1.1, "columns must be above 0 and at most 1"),
        ("share", float("nan"), "share must be"),
        ("smallest_weight", float("nan"), "smallest_weight must be"),
    ],
)
def test_what_cannot_be_used_is_refused_by_name(field: str, value: float, message: str) -> None:
    with pytest.raises(ConfigurationError, match=message):
        DeciderSettings(**{field: value})  # type: ignore[arg-type]


def test_the_ends_of_the_ranges_can_be_used() -> None:
    DeciderSettings(folds=0, rows=1.0, columns=1.0, smallest_weight=0.0, leaves=2, candidates=1)
    DeciderSettings(folds=2)
