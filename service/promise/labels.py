"""People's verdicts on decisions that were drawn at random, as labels that certify thresholds."""

from __future__ import annotations

import enum
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, cast
from uuid import UUID

from sqlalchemy import Connection, Row, Table, bindparam, select

from models.bundle.bundle import Bundle
from models.calibration.streams import AuditLabel, CalibrationLabel
from models.groups import group_of
from models.thresholds import Promise
from service.database.tables import (
    Answer,
    Decision,
    LabelSampleRow,
    ReviewTaskRow,
    Stream,
    VerdictRow,
)

Label = CalibrationLabel | AuditLabel

_samples = cast("Table", LabelSampleRow.__table__)
_tasks = cast("Table", ReviewTaskRow.__table__)
_verdicts = cast("Table", VerdictRow.__table__)


class LeftOut(enum.StrEnum):
    """Why a verdict on a sample is no label."""

    UNSURE = "unsure"  # it says nothing
    AUDIT_OF_NO_MATCH = "audit_of_no_match"  # it says nothing about what is accepted
    SAME_QUERY = "same_query"  # another answer to it is a label already; they are right together
    INCOMPLETE = "incomplete"  # fewer products are known than the promise covers


@dataclass(frozen=True, slots=True)
class GatheredLabels:
    """Labels of a bundle's decisions, and how many verdicts on samples are not among them."""

    labels: Sequence[Label]
    left_out: Mapping[LeftOut, int]

    @property
    def calibration(self) -> int:
        return sum(isinstance(one, CalibrationLabel) for one in self.labels)

    @property
    def audits(self) -> int:
        return len(self.labels) - self.calibration


def gather_labels(connection: Connection, bundle: Bundle, served: Promise) -> GatheredLabels:
    """Return the labels of all samples of the bundle whose task has a final verdict.

    Only what was drawn at random has such a row: tasks that were opened because a score was low do
    not get here. `served` is the promise by which the decisions were made: its groups, and how many
    products of a query it covers.
    """
    rows = connection.execute(_STATEMENT, {"bundle": bundle.bundle_id}).all()
    left_out: Counter[LeftOut] = Counter()
    labels: dict[UUID, Label] = {}  # by task
    # Calibration first: its labels say more.
    for row in sorted(rows, key=lambda row: row.stream is not Stream.CALIBRATION):
        reason = _left_out(row, served.products_per_query)
        if reason is None and row.task_id in labels:
            reason = LeftOut.SAME_QUERY
        if reason is None:
            group = _group(row, bundle, served)
            labels[row.task_id] = _label(row, group, served.products_per_query)
        else:
            left_out[reason] += 1
    return GatheredLabels(list(labels.values()), left_out)


_STATEMENT = (
    select(
        _samples,
        _tasks.c.attributes,
        _tasks.c.candidates,
        _tasks.c.bundle_id.label("task_bundle_id"),
        _verdicts.c.answer,
        _verdicts.c.product_ids,
    )
    .join(_tasks, _tasks.c.id == _samples.c.task_id)
    .join(_verdicts, _verdicts.c.id == _tasks.c.verdict_id)
    .where(_samples.c.bundle_id == bindparam("bundle"))
    .order_by(_samples.c.created_at, _samples.c.id)
)


def _left_out(row: Row[Any], products: int) -> LeftOut | None:
    if row.answer is Answer.UNSURE:
        return LeftOut.UNSURE
    if row.stream is Stream.AUDIT and row.decision is Decision.NO_MATCH:
        return LeftOut.AUDIT_OF_NO_MATCH
    if row.deciding is None or len(_products(row, products)) < products:
        return LeftOut.INCOMPLETE
    return None


def _label(row: Row[Any], group: str | None, products: int) -> Label:
    found = _products(row, products)
    scores = tuple(score for _, score in found)
    correct = tuple(product_id in row.product_ids for product_id, _ in found)
    answerable = row.answer is Answer.ACCEPTED
    if row.stream is Stream.CALIBRATION:
        return CalibrationLabel(scores, correct, answerable, group)
    return AuditLabel(scores, correct, answerable, group, row.threshold)


def _products(row: Row[Any], count: int) -> list[tuple[str, float]]:
    """Return the first products of the decision, with what decides about them.

    Beyond the best one they are known by the task, as long as it was opened by the same answer.
    """
    best = (row.product_id, row.deciding)
    if count == 1:
        return [best]
    found = [(one["product_id"], _deciding(one)) for one in row.candidates[:count]]
    same = row.task_bundle_id == row.bundle_id and found[:1] == [best]
    return [(name, score) for name, score in found if score is not None] if same else []


def _deciding(candidate: Mapping[str, Any]) -> float | None:
    probability: float | None = candidate.get("probability")
    score: float = candidate["score"]
    return score if probability is None else probability


def _group(row: Row[Any], bundle: Bundle, served: Promise) -> str | None:
    """Return the group of a query: also one that had no threshold of its own until now.

    A decision knows its group where that has its own threshold; "no match" has the same for all.
    """
    if row.group_name is not None:
        return str(row.group_name)
    product = bundle.runtime.catalogue.find(row.product_id)
    of_product = None if product is None else product.attributes
    group = group_of(served.grouping, row.attributes, of_product)
    own = {one.group for one in served.groups}
    return None if group in own and row.decision is not Decision.NO_MATCH else group
