"""What a loader of a customer's files returns."""

from __future__ import annotations

from dataclasses import dataclass

from training.data.dataset import Dataset
from training.data.tables import BadRow


@dataclass(frozen=True, slots=True)
class LoadedData:
    """The data set, and the rows that were left out of it."""

    dataset: Dataset
    bad_rows: tuple[BadRow, ...]
