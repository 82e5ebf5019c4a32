"""Queries whose right products are known, with what a model answered."""

from __future__ import annotations

from dataclasses import dataclass

from models.calibration.record import Groups
from models.calibration.scores import Flags
from models.index.base import Neighbours
from models.thresholds import Grouping
from training.calibration import query_groups
from training.data.dataset import Dataset
from training.evaluation.ranking import hits


@dataclass(frozen=True, slots=True, eq=False)
class Answered:
    """The products `found`, which of them are right (queries, k), and the queries' groups.

    `answerable` (queries,) says which queries have a right product at all.
    """

    found: Neighbours
    correct: Flags
    answerable: Flags
    groups: Groups

    @classmethod
    def of(cls, queries: Dataset, found: Neighbours, grouping: Grouping | None) -> Answered:
        """Return the products found for these queries, judged by their labels."""
        return cls(
            found,
            hits(found, queries.relevance),
            queries.answerable,
            query_groups(grouping, queries, found),
        )
