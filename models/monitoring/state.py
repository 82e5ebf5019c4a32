"""What a watch remembers of its audits: sums and counts, never the audits themselves."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Annotated, Any, ClassVar

from pydantic import ConfigDict, Field, TypeAdapter, ValidationError

from models.errors import DataError
from models.monitoring import alarm
from models.monitoring.bounds import Tally

Count = Annotated[int, Field(ge=0)]
Share = Annotated[float, Field(gt=0, le=1)]
Sum = Annotated[float, Field(ge=0, allow_inf_nan=False)]
Finite = Annotated[float, Field(allow_inf_nan=False)]


@dataclass(frozen=True, slots=True)
class WatchState:
    """Everything needed to go on. It belongs to one target; a new target needs a new watch."""

    __pydantic_config__: ClassVar[ConfigDict] = ConfigDict(extra="forbid")

    target_precision: float
    audits: Count
    errors: Count
    represented: Sum
    """Answers that the audits stand for: the sum of 1 / inclusion probability."""
    represented_errors: Sum
    least_inclusion: Share
    """The smallest inclusion probability so far; 1 before the first audit."""
    tally: Tally
    log_wealth: tuple[Finite, ...]
    """Of each bet of the alarm (`alarm.next_wealth`)."""
    highest_log_evidence: Finite
    """The most that the log of the alarm's evidence has ever been: an alarm is never taken back."""

    def to_json(self) -> dict[str, Any]:
        """Return what `from_json` reads, of JSON's own types; numbers survive exactly."""
        fields = asdict(self)
        return fields | {
            "tally": [list(row) for row in self.tally],
            "log_wealth": list(self.log_wealth),
        }

    @staticmethod
    def from_json(fields: dict[str, Any]) -> WatchState:
        """Return the state that `to_json` wrote; raise DataError naming the field that is wrong."""
        try:
            state = _READER.validate_python(fields)
        except ValidationError as error:
            raise DataError(f"the state of a watch cannot be read: {error}") from error
        if len(state.log_wealth) != len(alarm.ODDS):
            raise DataError(
                f"the state of a watch has {len(state.log_wealth)} bets in log_wealth, this "
                f"software {len(alarm.ODDS)}: begin a new watch"
            )
        return state


_READER = TypeAdapter(WatchState)
